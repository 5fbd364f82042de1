import { planted } from '../lib/planted.ts'

export default planted({ path: '/errors', perSecond: 50, timeoutMs: 3000 })
