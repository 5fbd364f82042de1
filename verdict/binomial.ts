import { lowerTail, upperTail } from './special.ts'

/** One-sided confidence of every bound and proof: 95 %. */
export const alpha = 0.05

export type Proof = 'proven-pass' | 'proven-fail' | 'not-proven'

/** The share of bad events that a target allows: 1 - target, without the rounding of 1 - 0.95. */
export const allowedRatio = (targetRatio: number): number => Math.round((1 - targetRatio) * 1e12) / 1e12

const check = (bad: number, n: number): void => {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(bad) || n < 0 || bad < 0 || bad > n) {
    throw new RangeError(`no binomial count: ${bad} bad of ${n}`)
  }
}

/**
 * Whether `bad` of `n` events prove that the true share of bad events is below (pass) or above
 * (fail) `allowed`: the exact one-sided 95 % bound of Clopper and Pearson lies wholly on that side.
 */
export const prove = (bad: number, n: number, allowed: number): Proof => {
  check(bad, n)
  if (n === 0) return 'not-proven'
  if (lowerTail(bad, n, allowed) <= alpha) return 'proven-pass'
  if (upperTail(bad, n, allowed) <= alpha) return 'proven-fail'
  return 'not-proven'
}

/** Exact one-sided 95 % bounds (Clopper-Pearson 1934) of the share of bad events. */
export const bounds = (bad: number, n: number): { low: number; high: number } => {
  check(bad, n)
  if (n === 0) return { low: 0, high: 1 }
  return {
    low: bad === 0 ? 0 : root((p) => upperTail(bad, n, p) - alpha, 0, bad / n),
    high: bad === n ? 1 : root((p) => alpha - lowerTail(bad, n, p), bad / n, 1),
  }
}

/** Bisection of an increasing function, to the last digits of the root. */
const root = (f: (p: number) => number, from: number, to: number): number => {
  let low = from
  let high = to
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2
    if (f(middle) < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Fewest samples with which `bad` bad ones still prove the target; null for a target of 1, which none can prove. */
export const samplesNeeded = (targetRatio: number, bad = 0): number | null => {
  const allowed = allowedRatio(targetRatio)
  if (!(allowed > 0)) return null
  if (allowed >= 1) return bad + 1
  let enough = Math.max(bad + 1, Math.ceil((bad + 1) / allowed))
  while (lowerTail(bad, enough, allowed) > alpha) enough *= 2
  let tooFew = bad
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2)
    if (lowerTail(bad, middle, allowed) <= alpha) enough = middle
    else tooFew = middle
  }
  return enough
}
