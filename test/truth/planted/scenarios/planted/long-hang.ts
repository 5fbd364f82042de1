import { planted } from '../lib/planted.ts'

export default planted({ path: '/long-hang', perSecond: 20, timeoutMs: 15_000 })
