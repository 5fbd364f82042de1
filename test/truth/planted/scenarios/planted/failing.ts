import { planted } from '../lib/planted.ts'

export default planted({ path: '/failing', perSecond: 60, timeoutMs: 3000 })
