import { bucketOf } from '../model/histogram.ts'
import type { LoadLine } from '../model/window.ts'
import { addToName } from './lasting/names.ts'
import { addCountToGrid } from './latency-grid.ts'
import { addFailed, addUndelivered, bump } from './seconds.ts'
import { takesDrops } from './selector.ts'
import type { SliRecord } from './sli-record.ts'

/** Iterations per second of one scenario. */
export interface LoadRecord {
  scenario: string
  sli: string
  started: Uint32Array
  completed: Uint32Array
  dropped: Uint32Array
  /** Those of the dropped ones that the scenario itself had no virtual users for; known when all lines are read. */
  ownDropped: Uint32Array
  /** Ended by an exception, or had a failing check; those of them with a good request of the SLI. */
  failed: Uint32Array
  failedAfterGood: Uint32Array
  /** Durations of the completed ones: their sum, and the longest; `timed` when the record has them. */
  durationUs: Float64Array
  longestUs: Float64Array
  timed: boolean
  /**
   * Started, never completed; those of them whose requests were answered, so that only the iteration was too long. Known
   * when all lines are read.
   */
  interrupted: Int32Array
  ownInterrupted: Int32Array
  /** Of the interrupted ones, by the name of a request that each iteration is to send: those without its sample. */
  unanswered: Map<string, Int32Array>
}

export const newLoad = ({ scenario, sli }: LoadLine, length: number): LoadRecord => ({
  scenario,
  sli,
  started: new Uint32Array(length),
  completed: new Uint32Array(length),
  dropped: new Uint32Array(length),
  ownDropped: new Uint32Array(length),
  failed: new Uint32Array(length),
  failedAfterGood: new Uint32Array(length),
  durationUs: new Float64Array(length),
  longestUs: new Float64Array(length),
  timed: false,
  interrupted: new Int32Array(length),
  ownInterrupted: new Int32Array(length),
  unanswered: new Map(),
})

/** Adds one increment. */
export const addLoad = (load: LoadRecord, at: number, line: LoadLine): void => {
  if (load.sli === '') load.sli = line.sli
  bump(load.started, at, line.started)
  bump(load.completed, at, line.completed)
  bump(load.dropped, at, line.dropped)
  bump(load.failed, at, line.failed ?? 0)
  bump(load.failedAfterGood, at, line.failedAfterGood ?? 0)
  if (line.durationUs === undefined) return
  load.timed = true
  load.durationUs[at] = (load.durationUs[at] ?? 0) + line.durationUs
  load.longestUs[at] = Math.max(load.longestUs[at] ?? 0, line.longestUs ?? 0)
}

/**
 * When all lines are read, and with what is the scenario's own doing marked: dropped, interrupted and failed iterations
 * are due requests that went wrong, but for the marked ones, which the system had no part in. They are requests of the
 * SLI that the scenario names; interrupted ones also of the other names that they have no sample of.
 */
export const countUndelivered = (load: LoadRecord, slis: readonly SliRecord[]): void => {
  const records = slis.filter((record) => takesDrops(record.sli, load.scenario, load.sli))
  for (let at = 0; at < load.started.length; at++) {
    const started = load.started[at] ?? 0
    const dropped = (load.dropped[at] ?? 0) - (load.ownDropped[at] ?? 0)
    const interrupted = (load.interrupted[at] ?? 0) - (load.ownInterrupted[at] ?? 0)
    const failed = load.failed[at] ?? 0
    if (dropped + interrupted + failed === 0) continue
    for (const record of records) {
      addUndelivered(record.seconds, at, { started, dropped, interrupted })
      const afterGood = Math.min(failed, load.failedAfterGood[at] ?? 0)
      addFailed(record.seconds, at, failed, afterGood)
      const bad = dropped + interrupted + failed
      addBeyond(record, load.sli, at, bad, bad - afterGood)
    }
  }
  for (const record of slis) if (!records.includes(record)) countUnanswered(load, record)
}

/** An interrupted iteration is one bad request of an SLI, however many of its names it has no sample of. */
const countUnanswered = (load: LoadRecord, record: SliRecord): void => {
  const names = [...load.unanswered].filter(([name]) => takesDrops(record.sli, load.scenario, name))
  for (let at = 0; names.length > 0 && at < load.started.length; at++) {
    const [name, interrupted] = names
      .map(([name, missing]) => [name, missing[at] ?? 0] as const)
      .reduce((most, one) => (one[1] > most[1] ? one : most))
    if (interrupted === 0) continue
    addUndelivered(record.seconds, at, { started: load.started[at] ?? 0, dropped: 0, interrupted })
    addBeyond(record, name, at, interrupted, interrupted)
  }
}

/** Where they stand beside an SLI's samples: under a name, and in the threshold's bucket. */
const addBeyond = (record: SliRecord, name: string, at: number, bad: number, due: number): void => {
  if (record.names) addToName(record.names, name, at, due, bad)
  if (record.thresholdUs === null) return
  for (const grid of [record.grid, record.failures]) {
    if (grid) addCountToGrid(grid, at, bucketOf(record.thresholdUs), bad)
  }
}
