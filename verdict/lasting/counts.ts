import type { Tally } from '../../model/verdict.ts'

/** Requests of one kind in columns of `step` seconds: how many were due, and how many of them went bad. */
export interface Counts {
  step: number
  due: Uint32Array
  bad: Uint32Array
}

/** A part of the columns: from the first to one past the last. */
export interface Span {
  from: number
  to: number
}

/** Sums over any span of columns, each in two steps. */
export class Sums {
  readonly #due: Float64Array
  readonly #bad: Float64Array

  constructor({ due, bad }: Pick<Counts, 'due' | 'bad'>) {
    this.#due = running(due)
    this.#bad = running(bad)
  }

  of(from: number, to: number): Tally {
    return {
      bad: (this.#bad[to] ?? 0) - (this.#bad[from] ?? 0),
      due: (this.#due[to] ?? 0) - (this.#due[from] ?? 0),
    }
  }
}

const running = (column: Uint32Array): Float64Array => {
  const sums = new Float64Array(column.length + 1)
  for (let at = 0; at < column.length; at++) sums[at + 1] = (sums[at] ?? 0) + (column[at] ?? 0)
  return sums
}

export const shareOf = ({ bad, due }: Tally): number => (due === 0 ? 0 : bad / due)
