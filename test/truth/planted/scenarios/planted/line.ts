import { planted } from '../lib/planted.ts'

export default planted({ path: '/line', perSecond: 20, timeoutMs: 3000 })
