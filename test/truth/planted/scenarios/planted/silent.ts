import { planted } from '../lib/planted.ts'

/**
 * Nobody answers, so 20 users wait at any time. Arrivals that k6 makes up for at once after a hiccup need users of their
 * own: dropped while those of `idle` are free, they would be k6's fault, and the run invalid.
 */
export default { ...planted({ path: '/silent', perSecond: 20, timeoutMs: 1000 }), extraVus: 40 }
