import type { Arrivals } from './define.ts'

/** The part of k6's scenario options that says when iterations start. */
export type ArrivalExecutor =
  | { executor: 'constant-arrival-rate'; rate: number; timeUnit: '1h'; duration: string }
  | {
      executor: 'ramping-arrival-rate'
      startRate: number
      timeUnit: '1h'
      stages: { target: number; duration: string }[]
    }

/**
 * k6's executor for these arrivals. Rates go to k6 per hour, because it takes whole numbers only and
 * 1,000 an hour is no whole number a second.
 * @param durationMs Length of the load; stages are stretched in proportion.
 */
export const executorOf = (arrivals: Arrivals, rateFactor: number, durationMs: number): ArrivalExecutor => {
  const perHour = (perSecond: number) => Math.round(perSecond * 3600 * rateFactor)
  if ('perSecond' in arrivals) {
    return {
      executor: 'constant-arrival-rate',
      rate: perHour(arrivals.perSecond),
      timeUnit: '1h',
      duration: `${durationMs}ms`,
    }
  }
  const { stages } = arrivals
  const ownSecondsUntil = (stage: number) => stages.slice(0, stage).reduce((sum, { seconds }) => sum + seconds, 0)
  // Ends are rounded, not lengths: the whole is exactly as long as the load.
  const endMs = (stage: number) => Math.round((ownSecondsUntil(stage) / ownSecondsUntil(stages.length)) * durationMs)
  return {
    executor: 'ramping-arrival-rate',
    startRate: perHour(arrivals.startPerSecond),
    timeUnit: '1h',
    stages: stages.map((stage, index) => ({
      target: perHour(stage.toPerSecond),
      duration: `${endMs(index + 1) - endMs(index)}ms`,
    })),
  }
}

/** Highest arrival rate, per second. */
export const peakPerSecond = (arrivals: Arrivals, rateFactor: number): number =>
  rateFactor *
  ('perSecond' in arrivals
    ? arrivals.perSecond
    : Math.max(arrivals.startPerSecond, ...arrivals.stages.map((stage) => stage.toPerSecond)))
