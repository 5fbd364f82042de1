import { planted } from '../lib/planted.ts'

export default planted({ path: '/writes', perSecond: 60, timeoutMs: 3000, method: 'POST' })
