import type { Counts } from './counts.ts'

/** Names that are kept apart of each SLI; the requests of any more count in the SLI as a whole only. */
const mostNames = 50
/** More columns would make the memory of a day's record grow with the number of names. */
const mostColumns = 7200

/** The requests of one SLI, name by name. */
export interface NameCounts {
  step: number
  columns: number
  byName: Map<string, Counts>
  /** Names beyond the most that are kept. */
  left: Set<string>
}

/** Seconds of one column in a run of `length` seconds. */
export const stepOf = (length: number): number => Math.max(1, Math.ceil(length / mostColumns))

/** @param length seconds of the run's columns */
export const newNames = (length: number): NameCounts => {
  const step = stepOf(length)
  return { step, columns: Math.ceil(length / step), byName: new Map(), left: new Set() }
}

/** Adds requests of one second. */
export const addToName = (names: NameCounts, name: string, second: number, due: number, bad: number): void => {
  let counts = names.byName.get(name)
  if (!counts) {
    if (names.byName.size >= mostNames) {
      names.left.add(name)
      return
    }
    const { step, columns } = names
    counts = { step, due: new Uint32Array(columns), bad: new Uint32Array(columns) }
    names.byName.set(name, counts)
  }
  const at = Math.floor(second / names.step)
  counts.due[at] = (counts.due[at] ?? 0) + due
  counts.bad[at] = (counts.bad[at] ?? 0) + bad
}
