import { planted } from '../lib/planted.ts'

export default planted({ path: '/refuse', perSecond: 50, timeoutMs: 3000, urlEnv: 'PLANTED_REFUSING_URL' })
