import { planted } from '../lib/planted.ts'

/** Its iterations begin and end, and send nothing. */
export default { ...planted({ path: '/idle', perSecond: 20, timeoutMs: 1000 }), run: () => {} }
