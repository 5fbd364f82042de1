import type { FaultResult, SliRecovery } from '../../../model/verdict.ts'
import type { Transition } from './readiness.ts'

/** When something came back: between these moments, Unix ms. It is not known closer. */
export interface Span {
  fromMs: number
  toMs: number
}

/** What the load and the pods each say of one recovery; null: not back when the view of this fault ended. */
export interface Recovery {
  load: Span | null
  pods: Span | null
  /** From the injection of this fault to that of the next. */
  view: Span
}

/**
 * The load saw the system come back between its last bad request and its first good one; the pods say that they did
 * between the second of their condition and the moment when the API told it.
 * @throws Error when one of them saw no outage
 */
export const recoveryOf = (
  { label }: FaultResult,
  sli: SliRecovery | undefined,
  transitions: readonly Transition[],
  view: Span,
): Recovery => {
  const within = transitions.filter(({ toldAtMs }) => toldAtMs >= view.fromMs && toldAtMs < view.toMs)
  const last = within.at(-1)
  if (!last || !within.some(({ ready }) => !ready)) throw new Error(`${label}: every pod stayed Ready`)
  if (!sli || sli.episodes === 0) throw new Error(`${label}: for the load it was ${sli?.state}`)
  const end = sli.ranges?.end
  return {
    load: end == null || end.high === null ? null : { fromMs: end.low, toMs: end.high },
    pods: last.ready ? { fromMs: last.atMs, toMs: last.toldAtMs } : null,
    view,
  }
}

/**
 * Null when the two agree: both back, at most `withinMs` apart, or neither. Pods that came back so late that the load
 * could not be good for `stableForMs` any more say nothing about the load.
 */
export const disagreement = (
  { load, pods, view }: Recovery,
  { withinMs, stableForMs }: { withinMs: number; stableForMs: number },
): string | null => {
  if (pods === null) return load === null ? null : 'the load recovered without the pods'
  if (load === null)
    return view.toMs - pods.toMs < stableForMs + withinMs ? null : 'the pods recovered without the load'
  const apartMs = Math.max(load.fromMs - pods.toMs, pods.fromMs - load.toMs)
  return apartMs <= withinMs ? null : `they recovered ${Math.round(apartMs)} ms apart`
}
