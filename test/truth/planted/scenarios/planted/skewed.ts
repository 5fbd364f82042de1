import { planted } from '../lib/planted.ts'

export default planted({ path: '/skewed', perSecond: 120, timeoutMs: 3000, witness: true })
