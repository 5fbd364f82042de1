import type { SliSelector } from '../model/objective.ts'
import type { NameCounts } from './lasting/names.ts'
import type { LatencyGrid } from './latency-grid.ts'
import type { Seconds } from './seconds.ts'

/** The record of one SLI, folded: counts per second and latency per column. */
export interface SliRecord {
  sli: SliSelector
  thresholdUs: number | null
  seconds: Seconds
  /** Its requests name by name; null where they need not be told apart. */
  names: NameCounts | null
  /** Failed requests stand at their elapsed time or the threshold, whichever is longer. */
  grid: LatencyGrid | null
  /** The failed ones among them, so that the latency of the successes can be told. */
  failures: LatencyGrid | null
}
