import { planted } from '../lib/planted.ts'

export default planted({ path: '/hang', perSecond: 50, timeoutMs: 3000 })
