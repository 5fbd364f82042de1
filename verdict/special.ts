/**
 * Binomial tails to about 12 digits, for n up to 10^9.
 *
 * Sources: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000), for the
 * saddle-point form of the probability mass; the continued fraction of the regularised incomplete
 * beta function (DLMF 8.17.22) with the modified Lentz method for the sum. docs/decisions/0001 says
 * why this is not a package.
 */

/** Stirling's error: ln(n!) - ln(sqrt(2 pi n) (n / e)^n). */
const stirlingError = (n: number): number => {
  if (n === 0) return 0
  if (n < 16) {
    let logFactorial = 0
    for (let i = 2; i <= n; i++) logFactorial += Math.log(i)
    return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI)
  }
  const nn = n * n
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / nn) / nn) / nn) / nn) / n
}

/** x ln(x / m) + m - x without cancellation when x is near m. */
const deviance = (x: number, m: number): number => {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x
  const v = (x - m) / (x + m)
  let sum = (x - m) * v
  let term = 2 * x * v
  for (let j = 1; j < 1000; j++) {
    term *= v * v
    const next = sum + term / (2 * j + 1)
    if (next === sum) break
    sum = next
  }
  return sum
}

/** P(X = k) for X ~ Binomial(n, p). */
export const binomialMass = (k: number, n: number, p: number): number => {
  if (p <= 0) return k === 0 ? 1 : 0
  if (p >= 1) return k === n ? 1 : 0
  if (k === 0) return Math.exp(n * Math.log1p(-p))
  if (k === n) return Math.exp(n * Math.log(p))
  const q = 1 - p
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q)
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)))
}

/** The continued fraction of I_x(a, b); converges fast for x < (a + 1) / (a + b + 2). */
const betaFraction = (x: number, a: number, b: number): number => {
  const tiny = 1e-300
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return h
}

/** P(X >= k) for X ~ Binomial(n, p); k and n whole, 0 <= k <= n. */
export const upperTail = (k: number, n: number, p: number): number => {
  if (k <= 0) return 1
  if (k > n || p <= 0) return 0
  if (p >= 1) return 1
  // I_p(k, n - k + 1), from whichever side the fraction converges on.
  const mean = (k + 1) / (n + 3)
  if (p < mean) return binomialMass(k, n, p) * (1 - p) * betaFraction(p, k, n - k + 1)
  return 1 - binomialMass(k - 1, n, p) * p * betaFraction(1 - p, n - k + 1, k)
}

/** P(X <= k) for X ~ Binomial(n, p). */
export const lowerTail = (k: number, n: number, p: number): number => upperTail(n - k, n, 1 - p)

/** The 95th percentile of the normal distribution. */
export const normal95 = 1.644_853_626_951_472_2

/**
 * The 95th percentile of Student's t, to three digits from 3 degrees of freedom on: Fisher's expansion around the
 * normal distribution (Abramowitz & Stegun 26.7.5).
 */
export const student95 = (freedom: number): number => {
  const z = normal95
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ]
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0)
}
