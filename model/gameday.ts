import type { CapacitySpec } from './capacity.ts'
import type { Duration } from './duration.ts'
import type { FaultBase } from './fault.ts'
import type { ProfileName } from './profile.ts'
import type { ResilienceObjectiveSpec } from './slo.ts'
import type { Environment } from './system.ts'

export type { ProfileName } from './profile.ts'
export { profileNames } from './profile.ts'

/** One scenario of the load, by name: `sustained` is `scenarios/<system>/sustained.ts`. */
export interface LoadSpec {
  scenario: string
  /** Its profile; the run's `--profile` unless set. */
  profile?: ProfileName | undefined
  /** Multiplies the profile's arrival rate. */
  rateFactor?: number | undefined
}

/**
 * A condition that stops the run and removes every fault when it has been true for that long: on the
 * live windows, or on a probe of the user's own, asked once a second.
 */
export type Guard =
  | { kind: 'errorRatio'; aboveRatio: number; for: Duration }
  | { kind: 'latency'; percentile: number; aboveMs: number; for: Duration }
  | { kind: 'achievedRate'; belowRatio: number; for: Duration }
  /** The address does not answer with this status (any 2xx unless said). */
  | { kind: 'http'; url: string; expect?: number | undefined; for: Duration }
  /** The program, run without a shell, does not end with 0. */
  | { kind: 'command'; argv: string[]; for: Duration }

/**
 * Runs to compare with: ids or paths of records, or `previous` for the newest runs of the same game
 * day that passed (at most 10).
 */
export interface BaselineSpec {
  run: string | string[]
  /** A slower run fails; shown only unless set. */
  gates?: boolean | undefined
}

/** One game day: what `gamedays/<system>/<name>.ts` exports as default. */
export interface GameDay {
  title: string
  /** What is learnt when it passes or fails, one or two sentences. */
  purpose: string
  system: string
  /** Where it can run, for one that means what only some of them have; everywhere unless set. */
  environments?: Environment[] | undefined
  load: LoadSpec[]
  warmUp: Duration
  steady: Duration
  /** Empty: a load-only game day. */
  faults: FaultBase[]
  /** After the last fault's removal: how long the run goes on, and how long GOOD must last to count as recovered. */
  recovery?: { for: Duration; stableFor: Duration } | undefined
  /**
   * How long after the load an acknowledged write may take until it can be read back: missing ones are asked for again
   * until then, and are lost if they are missing still; 30 s unless said.
   */
  readBackWithin?: Duration | undefined
  guards?: Guard[] | undefined
  /** How many of a component's replicas one fault may hit; half of them (rounded down, at least 0) unless said. */
  blastRadius?: Record<string, number> | undefined
  /** Replaces the system's SLO document. */
  sloFile?: string | undefined
  /** Objectives of this game day, beside the SLO document's. */
  objectives?: ResilienceObjectiveSpec[] | undefined
  /** Required objectives that this game day is not about, by name: not judged in its runs, and named as such. */
  leavesOut?: string[] | undefined
  /** Start faults even when steady state has proven a breach. */
  faultsDespiteBreach?: boolean | undefined
  /** Looks for the highest rate that holds; then `steady` is the length of the last, confirming run. No faults. */
  capacity?: CapacitySpec | undefined
  /** Compares the latencies with those of other runs; a name alone is shown and gates nothing. */
  baseline?: string | BaselineSpec | undefined
  /** Passed to the system (`LocalContext.options`). */
  systemOptions?: Record<string, string> | undefined
  /** Weaknesses of the stand-in to switch on. */
  weaknesses?: string[] | undefined
  profile?: ProfileName | undefined
  /** Why `npm run gameday:all` leaves it out; unless set it is part of that. */
  notInAll?: string | undefined
}
