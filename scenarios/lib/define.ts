import type { ProfileName } from '../../model/profile.ts'

/** Arrivals over time: always an open model, because a closed one slows down with its victim and hides an outage. */
export type Arrivals =
  | { perSecond: number }
  /** Straight lines from rate to rate; a stage of 0 seconds is a jump. */
  | { startPerSecond: number; stages: { toPerSecond: number; seconds: number }[] }

/** One size of a scenario. */
export interface Profile {
  /** What it is, and whether it is the documented number or scaled down. */
  description: string
  /** Its own length; a game day's length replaces it (stages are stretched in proportion). */
  seconds: number
  arrivals: Arrivals
}

/** What one iteration knows about itself. */
export interface Iteration {
  scenario: string
  profile: ProfileName
  /** 0, 1, 2, ... over all virtual users: unique in the run. */
  n: number
  /** Unique id of what this iteration writes: `<runId>-<scenario>-<n>`. */
  writeId: string
  baseUrl: string
}

/** A scenario file's default export. */
export interface Scenario {
  description: string
  /** Name of the request against which dropped and interrupted iterations count. */
  sli: string
  /**
   * Request names it sends, with the requests per iteration on average; the fewest there may be where it polls. A run in
   * which fewer come, and no failed request explains it, is invalid; see `cutShort`.
   */
  requests: Record<string, number>
  /** Samples per iteration of custom metrics: metric, name, number. */
  samples?: Record<string, Record<string, number>>
  /** Longest time that one iteration may take, in ms: the sum of its requests' timeouts. */
  longestIterationMs: number
  /**
   * How long some iterations then follow what they began, in ms: after the end of the load they are given this time, too, so
   * that what never comes is seen also where the load is shorter than the wait.
   */
  followMs?: number
  /** Virtual users beyond rate x longest iteration, for iterations that follow something. */
  extraVus?: number
  profiles: Record<ProfileName, Profile>
  /** One that returns a promise is over when it is settled. */
  run: (iteration: Iteration) => void | Promise<void>
}

/** Declares a scenario; the identity function, for its types. */
export const defineScenario = (scenario: Scenario): Scenario => scenario

/** True for iteration `offset`, `offset + period`, ...: mixes that are exact and the same in every run. */
export const isEvery = (n: number, period: number, offset: number): boolean => n % period === offset

/** Base rate, a jump to the peak, and a jump back; lengths in seconds. */
export const spikeOf = (base: number, peak: number, [before, during, after]: [number, number, number]): Arrivals => ({
  startPerSecond: base,
  stages: [
    { toPerSecond: base, seconds: before },
    { toPerSecond: peak, seconds: 0 },
    { toPerSecond: peak, seconds: during },
    { toPerSecond: base, seconds: 0 },
    { toPerSecond: base, seconds: after },
  ],
})
