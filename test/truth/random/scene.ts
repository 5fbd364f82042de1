import { samplesNeeded } from '../../../verdict/binomial.ts'
import type { FaultSpec, RunSpec, StreamSpec } from '../../fixtures/record.ts'
import { defaultStartMs, errorObjective, latencyObjective, resilienceObjective } from '../../fixtures/record.ts'
import type { Draw } from './draw.ts'

/** A healthy run with one fault or more, and the times that troubles refer to (seconds from the load's start). */
export interface Scene {
  spec: RunSpec
  perSecond: number
  /** The fault that troubles are attached to: the last one. */
  injectS: number
  removeS: number
  endS: number
  /** Share of bad requests that the objectives allow. */
  allowed: number
  limitMs: number
  words: string
}

export interface SceneOptions {
  perSecond?: [number, number]
  recoveryS?: [number, number]
  steadyS?: [number, number]
  holdS?: [number, number]
  stableForS?: [number, number]
  /** Allowed recovery time in seconds; null: no such objective; absent: drawn. */
  recoveryWithinS?: number | null
  requireProof?: boolean
  allowed?: readonly number[]
  faults?: [number, number]
  streams?: (perSecond: number) => StreamSpec[]
}

/** Requests of a whole run, so that 500 plants take minutes. */
const mostRequests = 12_000

/** A run that must prove its targets is watched for at least so long. */
const provenAfterS = 135

/** Draws a healthy run. */
export const drawScene = (draw: Draw, options: SceneOptions = {}): Scene => {
  const between = (given: [number, number] | undefined, from: number, to: number) =>
    draw.number(...(given ?? [from, to]))
  const warmUpS = draw.number(1, 8)
  const steadyS = between(options.steadyS, 15, 60)
  const count = draw.whole(...(options.faults ?? [1, 3]))
  const holdS = between(options.holdS, 3, 12)
  const apartS = draw.number(15, 30)
  const requireProof = options.requireProof ?? draw.chance(0.5)
  const isLong = requireProof && options.recoveryS === undefined && draw.chance(0.5)
  const recoveryS = between(options.recoveryS, 20, 60) + (isLong ? provenAfterS : 0)
  const stableForS = between(options.stableForS, 3, 8)
  const faultsS = count === 0 ? 0 : (count - 1) * (holdS + apartS) + holdS
  const endS = warmUpS + steadyS + faultsS + recoveryS
  const [fromRate, toRate] = options.perSecond ?? [5, 200]
  const perSecond = Math.min(draw.scale(fromRate, toRate), mostRequests / endS)
  const allowed = draw.pick(options.allowed ?? [0.01, 0.05, 0.05, 0.1])
  const limitMs = draw.pick([200, 500, 1000])
  const isOneShot = (at: number) => at < count - 1 && draw.chance(0.3)
  const faults = Array.from(
    { length: count },
    (_, at): FaultSpec => ({
      atS: warmUpS + steadyS + at * (holdS + apartS),
      holdS: isOneShot(at) ? null : holdS,
      label: `fault ${at + 1}`,
    }),
  )
  const last = faults.at(-1) ?? { atS: warmUpS + steadyS }
  const injectS = last.atS
  const within = options.recoveryWithinS === undefined ? draw.pick([null, 2, 5, 10]) : options.recoveryWithinS
  const spec: RunSpec = {
    seed: draw.whole(1, 1e9),
    startedAtMs: defaultStartMs + draw.whole(0, 999),
    warmUpS,
    steadyS,
    faultsS,
    recoveryS,
    stableForS,
    requireProof,
    faults,
    streams: options.streams?.(perSecond) ?? [{ perSecond }],
    objectives: [
      latencyObjective({ percentile: 100 * (1 - allowed), belowMs: limitMs }),
      errorObjective({ targetRatio: 1 - allowed }),
      ...(within === null ? [] : [resilienceObjective('recoveryTime', 1000 * within)]),
    ],
  }
  const words = [
    `${round(perSecond)}/s`,
    `steady ${round(steadyS)} s`,
    `${count} faults, the last at ${round(injectS)} s for ${round(holdS)} s`,
    `then ${round(recoveryS)} s, stable for ${round(stableForS)} s`,
    `${100 * allowed} % may be bad, ${limitMs} ms`,
    within === null ? 'no recovery objective' : `recovery within ${round(within)} s`,
    requireProof ? 'proof required' : 'no proof required',
  ].join(', ')
  return { spec, perSecond, injectS, removeS: injectS + (count === 0 ? 0 : holdS), endS, allowed, limitMs, words }
}

/**
 * Whether a run without a bad request must pass: three times the requests that a proof needs in each phase that gates, and
 * time enough for a proof where one is required; a rate that shows an outage of the allowed length, and time to see that
 * it is stable.
 */
export const enough = ({ spec, perSecond, removeS, endS, allowed }: Scene): boolean => {
  const needed = 3 * (samplesNeeded(1 - allowed) ?? Number.POSITIVE_INFINITY)
  const recovery = spec.objectives.find((objective) => objective.kind === 'resilience')
  const isFine = recovery === undefined || (recovery.kind === 'resilience' && (perSecond * recovery.value) / 1000 >= 20)
  const restS = endS - removeS
  const isWatched = !spec.requireProof || spec.steadyS + restS >= provenAfterS
  return (
    isFine &&
    isWatched &&
    perSecond * spec.steadyS >= needed &&
    perSecond * restS >= needed &&
    restS >= 2 * (spec.stableForS ?? 0) + 5
  )
}

/** The same run with something more. */
export const withMore = (spec: RunSpec, more: Partial<RunSpec>): RunSpec => ({
  ...spec,
  ...more,
  troubles: [...(spec.troubles ?? []), ...(more.troubles ?? [])],
})

export const round = (value: number): number => Number(value.toPrecision(3))
