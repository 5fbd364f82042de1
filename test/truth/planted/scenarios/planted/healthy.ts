import { planted } from '../lib/planted.ts'

export default planted({ path: '/healthy', perSecond: 50, timeoutMs: 3000 })
