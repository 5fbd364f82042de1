import { planted } from '../lib/planted.ts'

export default planted({ path: '/silent', perSecond: 20, timeoutMs: 1000 })
