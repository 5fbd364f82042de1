import { planted } from '../lib/planted.ts'

export default planted({ path: '/slow', perSecond: 50, timeoutMs: 3000 })
