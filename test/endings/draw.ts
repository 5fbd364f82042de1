import { seededRandom } from '../../verdict/random.ts'

/** What ends a run of the campaign. */
export const endingKinds = ['SIGKILL', 'SIGINT', 'SIGTERM', 'k6', 'toxiproxy', 'watchdog', 'full disk'] as const
export type EndingKind = (typeof endingKinds)[number]

/** One ending, which its seed and number repeat. */
export interface Ending {
  index: number
  kind: EndingKind
  /** From the start of the command. */
  afterMs: number
}

/** From before a run's first line until after its end. */
const longestMs = 28_000

/**
 * The endings of a campaign: every kind in turn, each at a moment drawn for it alone, so that the first ten of a
 * hundred are the ten of a campaign of ten.
 */
export const drawEndings = (seed: number, count: number, kinds: readonly EndingKind[] = endingKinds): Ending[] =>
  Array.from({ length: count }, (_, index) => {
    // Seeds beside each other give first numbers beside each other: the second is drawn.
    const random = seededRandom((seed * 65_537 + index) % 2 ** 31)
    random()
    return { index, kind: kinds[index % kinds.length] ?? 'SIGKILL', afterMs: Math.round(random() * longestMs) }
  })
