import { bucketOf } from '../model/histogram.ts'
import type { LoadLine } from '../model/window.ts'
import { addToName } from './lasting/names.ts'
import { addCountToGrid } from './latency-grid.ts'
import { addUndelivered, bump } from './seconds.ts'
import { takesDrops } from './selector.ts'
import type { SliRecord } from './sli-record.ts'

/** Iterations per second of one scenario. */
export interface LoadRecord {
  scenario: string
  sli: string
  started: Uint32Array
  completed: Uint32Array
  dropped: Uint32Array
  /** Started, never completed; known when all lines are read. */
  interrupted: Int32Array
}

export const newLoad = ({ scenario, sli }: LoadLine, length: number): LoadRecord => ({
  scenario,
  sli,
  started: new Uint32Array(length),
  completed: new Uint32Array(length),
  dropped: new Uint32Array(length),
  interrupted: new Int32Array(0),
})

/** Adds one increment. */
export const addLoad = (load: LoadRecord, at: number, line: LoadLine): void => {
  if (load.sli === '') load.sli = line.sli
  bump(load.started, at, line.started)
  bump(load.completed, at, line.completed)
  bump(load.dropped, at, line.dropped)
}

/** When all lines are read: dropped and interrupted iterations are due requests that went wrong. */
export const countUndelivered = (load: LoadRecord, slis: readonly SliRecord[]): void => {
  load.interrupted = interruptedIterations(load)
  const records = slis.filter((record) => takesDrops(record.sli, load.scenario, load.sli))
  for (let at = 0; at < load.started.length; at++) {
    const started = load.started[at] ?? 0
    const dropped = load.dropped[at] ?? 0
    const interrupted = load.interrupted[at] ?? 0
    if (dropped + interrupted === 0) continue
    for (const record of records) {
      addUndelivered(record.seconds, at, { started, dropped, interrupted })
      if (record.names) addToName(record.names, load.sli, at, dropped + interrupted, dropped + interrupted)
      if (record.thresholdUs === null) continue
      for (const grid of [record.grid, record.failures]) {
        if (grid) addCountToGrid(grid, at, bucketOf(record.thresholdUs), dropped + interrupted)
      }
    }
  }
}

/**
 * Iterations that started and never completed, by the second of their start. k6 takes the start of
 * the completed ones a few microseconds before the scenario's own count, so that around the turn of a
 * second one second has too many and its neighbour too few: these cancel first.
 */
const interruptedIterations = (load: LoadRecord): Int32Array => {
  const open = Int32Array.from(load.started, (started, at) => started - (load.completed[at] ?? 0))
  for (let at = 0; at < open.length; at++) {
    for (const neighbour of [at + 1, at - 1]) {
      const surplus = -(open[at] ?? 0)
      const missing = open[neighbour] ?? 0
      if (surplus <= 0 || missing <= 0) continue
      const moved = Math.min(surplus, missing)
      open[at] = moved - surplus
      open[neighbour] = missing - moved
    }
  }
  for (let at = 0; at < open.length; at++) if ((open[at] ?? 0) < 0) open[at] = 0
  return open
}
