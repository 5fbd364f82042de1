import type { FaultResult, SliRecovery } from '../../../model/verdict.ts'
import type { Transition } from './readiness.ts'

/** When something came back: between these moments, Unix ms. It is not known closer. */
export interface Span {
  fromMs: number
  toMs: number
}

/** What the load and the pods each say of one recovery, and how many ms lie between (0: the spans meet). */
export interface Agreement {
  load: Span
  pods: Span
  apartMs: number
}

/**
 * The load saw the system come back between its last bad request and its first good one; the pods say that they did
 * between the second of their condition and the moment when the API told it.
 * @param until Unix ms of the next fault, or of the end
 * @throws Error when one of them saw no outage and recovery
 */
export const agreementOf = (
  { label, activeAtMs }: FaultResult,
  sli: SliRecovery | undefined,
  transitions: readonly Transition[],
  until: number,
): Agreement => {
  const within = transitions.filter(({ toldAtMs }) => toldAtMs >= (activeAtMs ?? Number.NaN) && toldAtMs < until)
  const lost = within.find(({ ready }) => !ready)
  const back = within.findLast(({ ready }) => ready)
  if (!lost || !back || back.toldAtMs < lost.toldAtMs)
    throw new Error(`${label}: the pods were not lost and back again (${JSON.stringify(within)})`)
  if (sli?.state !== 'recovered' || sli.recoveredAtMs === null || sli.resolutionMs === null)
    throw new Error(`${label}: for the load it was ${sli?.state}`)
  // `resolutionMs` is half the gap between the last bad request and the first good one.
  const load = { fromMs: sli.recoveredAtMs, toMs: sli.recoveredAtMs + 2 * sli.resolutionMs }
  const pods = { fromMs: back.atMs, toMs: back.toldAtMs }
  return { load, pods, apartMs: Math.max(0, load.fromMs - pods.toMs, pods.fromMs - load.toMs) }
}
