import type { Duration } from './duration.ts'

/**
 * Looks for the highest rate that holds, in steps of one run each: up by `growth` until an objective
 * breaks, then bisected. Rates are multiples of the load's own (its profile and `rateFactor`).
 */
export interface CapacitySpec {
  /** First rate; 1 unless set. */
  from?: number | undefined
  /** Highest rate to try. */
  upTo: number
  /** Each step up multiplies the rate by this; 2 unless set. */
  growth?: number | undefined
  /** How near to each other the rates that hold and do not hold must come; 0.1 (10 %) unless set. */
  precisionRatio?: number | undefined
  /** Steady state of each step; 15s unless set. */
  step?: Duration | undefined
}

/** A resource of a component, and how near its limit it was: 1 is all of it. */
export interface Saturation {
  resource: string
  ratio: number
}

/**
 * One rate and what became of it. `held`: no objective broke; `broke`: one did, proven;
 * `unclear`: neither; `not-offered`: the load generator could not offer it, so the step says nothing
 * of the system.
 */
export interface CapacityStep {
  factor: number
  state: 'held' | 'broke' | 'unclear' | 'not-offered'
  /** What broke, or why the step is no answer; `` when it held. */
  reason: string
  /** Arrivals in steady state; as planned where none was seen of it. */
  offeredPerSecond: number
  achievedPerSecond: number
  /** All requests of the latency objectives in steady state; null without any. */
  p50Ms: number | null
  p95Ms: number | null
  errorRatio: number | null
  /** Highest first. */
  saturation: Saturation[]
}

/** What was tried before the run that a record holds, which is the last step: the rate that held, once more and for longer. */
export interface PlannedCapacity {
  /** Of the run itself. */
  factor: number
  upTo: number
  steps: CapacityStep[]
}

/** The highest rate that holds, with its interval, and what gives way above it. */
export interface Capacity {
  /** Null: not even the lowest rate that was tried holds. */
  holdsPerSecond: number | null
  /** From the highest rate that holds to the lowest that is known not to; null = open above. */
  interval: { low: number | null; high: number | null; text: string }
  /** What ends the interval above; `maximum`: the highest rate that was asked for held. */
  limit: 'objective' | 'generator' | 'maximum' | 'unclear'
  sentence: string
  /** Rate from which on latency grows faster than load; null where the curve has none. */
  knee: { perSecond: number; p95Ms: number; text: string } | null
  /** Which resource of which component was used up first. */
  bottleneck: string
  /** By rate. */
  steps: CapacityStep[]
}
