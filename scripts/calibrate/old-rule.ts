import type { Proof } from '../../verdict/binomial.ts'
import { prove } from '../../verdict/binomial.ts'
import { seededRandom } from '../../verdict/random.ts'
import type { Drawn } from './laws.ts'

const [blockSeconds, fewestBlocks, resamples, alpha] = [10, 10, 2000, 0.05]

/**
 * The rule before: the exact bound for independent requests, and from ten blocks of 10 s on a block
 * bootstrap (Künsch 1989), whichever is wider. Here only to be compared with.
 */
export const oldRule = ({ n, bad }: Drawn, allowed: number): Proof => {
  const all = bad.reduce((sum, one) => sum + one, 0)
  const exact = prove(all, n * bad.length, allowed)
  if (exact === 'not-proven' || bad.length < blockSeconds * fewestBlocks || all === 0) return exact
  const blocks = Array.from({ length: Math.floor(bad.length / blockSeconds) }, (_, at) =>
    bad.subarray(at * blockSeconds, (at + 1) * blockSeconds).reduce((sum, one) => sum + one, 0),
  )
  const random = seededRandom(20_260_101)
  const shares = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) {
    let sum = 0
    for (let b = 0; b < blocks.length; b++) sum += blocks[Math.floor(random() * blocks.length)] ?? 0
    shares[r] = sum / (n * blockSeconds * blocks.length)
  }
  shares.sort()
  if (exact === 'proven-pass')
    return (shares[Math.ceil((1 - alpha) * resamples) - 1] ?? 1) > allowed ? 'not-proven' : exact
  return (shares[Math.floor(alpha * resamples)] ?? 0) <= allowed ? 'not-proven' : exact
}
