import type { LawName } from './laws.ts'
import { laws } from './laws.ts'

/** Of requests that may be bad, in every cell: that of a p95. */
export const allowedShare = 0.05

/** One kind of run, judged many times. */
export interface Cell {
  law: LawName
  /** Seconds; 0 where the law takes none. */
  scale: number
  seconds: number
  perSecond: number
  /** The true share of bad requests, as a multiple of what is allowed. */
  times: number
}

/** What came of its records. */
export interface Counted extends Cell {
  records: number
  seed: number
  provenPass: number
  provenFail: number
  /** Records whose interval holds the true share. */
  covered: number
  oldPass: number
  oldFail: number
}

export const scales = [1, 5, 10, 20, 40]
export const lengths = [30, 60, 120, 300, 900]
export const rates = [20, 50, 200]
export const multiples = [0.6, 0.8, 1, 1.25, 2]

export const allCells = (): Cell[] =>
  lengths.flatMap((seconds) =>
    rates.flatMap((perSecond) =>
      (Object.keys(laws) as LawName[]).flatMap((law) =>
        ('plain' in laws[law] ? [0] : scales).flatMap((scale) =>
          multiples.map((times) => ({ law, scale, seconds, perSecond, times })),
        ),
      ),
    ),
  )

/** Spells, periods or correlation times of at most a twentieth of the run: there the promise holds. */
export const isGoal = ({ law, scale, seconds, times }: Cell): boolean =>
  laws[law].dependenceSeconds(scale, allowedShare * times) <= seconds / 20

export const cellName = ({ law, scale, seconds, perSecond, times }: Cell): string =>
  `${law}${scale === 0 ? '' : ` ${scale} s`}, ${seconds} s, ${perSecond}/s, ×${times}`
