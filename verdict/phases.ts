import type { Plan } from '../model/plan.ts'
import type { PhaseName } from '../model/slo.ts'
import { phaseNames } from '../model/slo.ts'
import type { SliRecovery } from '../model/verdict.ts'
import type { FaultGroup } from './groups.ts'
import { repliedAt } from './history.ts'
import type { TimeBase } from './stretches.ts'

/** A phase that really happened; Unix ms. Spans follow each other without gaps. */
export interface PhaseSpan {
  phase: PhaseName
  fromMs: number
  toMs: number
}

/**
 * What really happened: warm-up and steady state until the first injection; `fault` from each
 * injection until every SLI has recovered; `recovered` from there to the next injection or the end.
 * An injection that failed may have done harm all the same: from its beginning on nothing is calm until another
 * group has recovered. Without faults everything after the warm-up is steady.
 */
export const realPhases = (
  plan: Plan,
  startedAtMs: number,
  endedAtMs: number,
  groups: readonly { group: FaultGroup; perSli: SliRecovery[] }[],
  failedAtMs: readonly number[],
): PhaseSpan[] => {
  const spans: PhaseSpan[] = []
  let fromMs = startedAtMs
  const add = (phase: PhaseName, toMs: number): void => {
    const until = Math.min(endedAtMs, Math.max(fromMs, toMs))
    if (until > fromMs) spans.push({ phase, fromMs, toMs: until })
    fromMs = until
  }
  const harms = [
    ...groups.map(({ group, perSli }) => ({ fromMs: group.injected.calledAtMs, endMs: faultEnd(group, perSli) })),
    ...failedAtMs.map((fromMs) => ({ fromMs, endMs: Number.POSITIVE_INFINITY })),
  ].sort((a, b) => a.fromMs - b.fromMs)
  const firstMs = harms[0]?.fromMs ?? endedAtMs
  add('warmUp', Math.min(startedAtMs + plan.phases.warmUp.endMs, firstMs))
  add('steady', firstMs)
  for (const [at, { endMs }] of harms.entries()) {
    const nextMs = harms[at + 1]?.fromMs ?? endedAtMs
    add('fault', Math.min(nextMs, endMs))
    add('recovered', nextMs)
  }
  return spans
}

/** When the last SLI had recovered; infinite when one has not, or none could be watched. */
export const faultEnd = (group: FaultGroup, perSli: readonly SliRecovery[]): number => {
  const watched = perSli.filter((sli) => sli.state !== 'no-data')
  if (watched.length === 0 || watched.some((sli) => sli.state === 'not-recovered' || sli.state === 'not-seen')) {
    return Number.POSITIVE_INFINITY
  }
  const overMs = repliedAt(group.removed ?? group.injected)
  return Math.max(overMs, ...watched.map((sli) => sli.ranges?.end?.high ?? sli.recoveredAtMs ?? 0))
}

/** The phase of every second of the columns; null outside the run. */
export interface PhaseIndex {
  of: (at: number) => PhaseName | null
  in: (phases: readonly PhaseName[]) => (at: number) => boolean
}

/**
 * Steady and recovered hold whole seconds only, so that no second with a fault in it counts as calm;
 * the last span takes the second in which the load ends.
 */
export const indexPhases = (spans: readonly PhaseSpan[], base: TimeBase): PhaseIndex => {
  const codes = new Uint8Array(base.seconds.length)
  const indexFloor = (ms: number) => Math.floor(ms / 1000) - base.baseS
  const indexCeil = (ms: number) => Math.ceil(ms / 1000) - base.baseS
  for (const [at, span] of spans.entries()) {
    const calm = span.phase === 'steady' || span.phase === 'recovered'
    const last = at === spans.length - 1
    const from = at === 0 ? indexFloor(span.fromMs) : calm ? indexCeil(span.fromMs) : indexFloor(span.fromMs)
    const to = last ? codes.length : calm ? indexFloor(span.toMs) : indexCeil(span.toMs)
    codes.fill(phaseNames.indexOf(span.phase) + 1, Math.max(0, from), Math.max(0, to))
  }
  const of = (at: number): PhaseName | null => phaseNames[(codes[at] ?? 0) - 1] ?? null
  return {
    of,
    in: (phases) => {
      const wanted = phases.map((phase) => phaseNames.indexOf(phase) + 1)
      return (at) => wanted.includes(codes[at] ?? 0)
    },
  }
}
