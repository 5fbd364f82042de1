import { planted } from '../lib/planted.ts'

export default planted({ path: '/two-modes', perSecond: 100, timeoutMs: 3000, witness: true })
