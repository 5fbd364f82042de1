import type { Plan, PlannedLoad } from '../model/plan.ts'
import type { LoadHealth } from '../model/verdict.ts'
import { fitOfDeclared } from './declared.ts'
import type { Folded } from './fold.ts'
import { formatRatio } from './format.ts'
import type { PhaseIndex } from './phases.ts'
import { generator, seriesOf } from './resources.ts'

/** Above this share of its cores the load generator, not the system, may be what is slow. */
export const cpuLimitRatio = 0.85
const undeliveredLimit = 0.01

export interface Health {
  load: LoadHealth
  /** Share of the steady load that was started; null when there was no steady phase. */
  deliveredRatio: number | null
  /** Why the harness itself makes the run invalid. */
  invalidReasons: string[]
  /** What is odd about the load and decides nothing. */
  notes: string[]
}

/**
 * How the load generator fared. The run is invalid when more than 1 % of what a scenario was to send in the steady or in
 * the recovered phase was not delivered while virtual users were free or k6 was out of CPU. Load that was dropped because
 * every user waited for the system is the system's doing, and counts as bad requests instead.
 * @param seenUntilMs end of what the record holds of the load
 */
export const judgeHealth = (
  plan: Plan,
  folded: Folded,
  phases: PhaseIndex,
  startedAtMs: number,
  seenUntilMs: number,
): Health => {
  const total = { started: 0, completed: 0, dropped: 0, interrupted: 0 }
  for (const load of folded.load.values()) {
    for (let at = 0; at < folded.length; at++) {
      total.started += load.started[at] ?? 0
      total.completed += load.completed[at] ?? 0
      total.dropped += load.dropped[at] ?? 0
      total.interrupted += load.interrupted[at] ?? 0
    }
  }
  const secondsOf = (phase: CalmPhase): number[] => {
    const counts = phases.in([phase])
    const all = Array.from({ length: folded.length }, (_, at) => at)
    return all.filter((at) => counts(at) && (folded.baseS + at + 1) * 1000 <= seenUntilMs)
  }
  const seconds = secondsOf('steady')
  // Only whole seconds: the one in which the load ends would make a rate of its own.
  const perSecond = (column: 'started' | 'completed' | 'dropped'): number => {
    const sum = [...folded.load.values()].reduce(
      (all, load) => all + seconds.reduce((own, at) => own + (load[column][at] ?? 0), 0),
      0,
    )
    return seconds.length === 0 ? 0 : sum / seconds.length
  }
  const cpu = cpuRatio(folded, seconds)
  const fits = plan.load.flatMap((planned) => {
    const load = folded.load.get(planned.scenario)
    const endMs = Math.min(seenUntilMs, startedAtMs + planned.durationMs)
    const endIndex = Math.floor(endMs / 1000) - folded.baseS
    return load ? fitOfDeclared(planned, load, folded.traffic.get(planned.scenario), endIndex) : []
  })
  const outOfCpu = cpu !== null && cpu > cpuLimitRatio
  const deliveries = calmPhases.map((phase) =>
    deliveryIn(phase, plan, folded, phase === 'steady' ? seconds : secondsOf(phase), startedAtMs, outOfCpu),
  )
  const [delivery = nothing] = deliveries
  return {
    load: {
      offered: total.started + total.dropped,
      completed: total.completed,
      dropped: total.dropped,
      interrupted: total.interrupted,
      steadyOfferedPerSecond: perSecond('started') + perSecond('dropped'),
      steadyAchievedPerSecond: perSecond('completed'),
      k6CpuRatio: cpu,
      maxVusInUse: mostOf(folded.vusActive),
      vusAvailable: mostOf(folded.vusMax),
    },
    deliveredRatio: delivery.planned === 0 ? null : Math.min(1, delivery.started / delivery.planned),
    invalidReasons: [
      ...deliveries.flatMap(({ invalid }) => invalid),
      ...folded.ownFaults,
      ...fits.flatMap(({ missing }) => missing),
    ],
    notes: fits.flatMap(({ extra }) => extra),
  }
}

/** In these nothing keeps load from being sent but the load generator itself. */
const calmPhases = ['steady', 'recovered'] as const
type CalmPhase = (typeof calmPhases)[number]

interface Delivery {
  planned: number
  started: number
  /** Why the harness itself makes the run invalid: one reason for each scenario that was not delivered. */
  invalid: string[]
}

const nothing: Delivery = { planned: 0, started: 0, invalid: [] }

/** What was to be sent in the seconds of a phase, and what was. Each scenario by itself: a large one hides a small one. */
const deliveryIn = (
  phase: CalmPhase,
  plan: Plan,
  folded: Folded,
  seconds: readonly number[],
  startedAtMs: number,
  outOfCpu: boolean,
): Delivery => {
  const why = outOfCpu ? `k6 used more than ${formatRatio(cpuLimitRatio)} of its CPU` : 'virtual users were free'
  return plan.load.reduce<Delivery>((sum, load) => {
    const record = folded.load.get(load.scenario)
    let planned = 0
    let started = 0
    let delivered = 0
    let droppedWhileFree = 0
    for (const at of seconds) {
      const fromMs = (folded.baseS + at) * 1000 - startedAtMs
      planned += plannedIterations(load, fromMs, fromMs + 1000)
      // Those that the scenario had no users for are told by name.
      const dropped = (record?.dropped[at] ?? 0) - (outOfCpu ? 0 : (record?.ownDropped[at] ?? 0))
      started += record?.started[at] ?? 0
      delivered += (record?.started[at] ?? 0) + (record?.dropped[at] ?? 0)
      const free = (folded.vusActive[at] ?? 0) < (folded.vusMax[at] ?? 0)
      if (dropped > 0 && (outOfCpu || free)) droppedWhileFree += dropped
    }
    // Arrivals are whole: one more or less at each end is rounding.
    const share = planned === 0 ? 0 : (Math.max(0, planned - delivered - 2) + droppedWhileFree) / planned
    const what = plan.load.length === 1 ? `the ${phase} load` : `the ${phase} load of ${load.scenario}`
    const words = `${formatRatio(share)} of ${what} was not delivered although ${why}`
    return {
      planned: sum.planned + planned,
      started: sum.started + started,
      invalid: share > undeliveredLimit ? [...sum.invalid, words] : sum.invalid,
    }
  }, nothing)
}

/** Integral of the planned arrival rate between two offsets. */
export const plannedIterations = (load: PlannedLoad, fromMs: number, toMs: number): number => {
  let sum = 0
  for (let i = 1; i < load.rate.length; i++) {
    const [startMs, startRate] = load.rate[i - 1] ?? [0, 0]
    const [endMs, endRate] = load.rate[i] ?? [0, 0]
    const from = Math.max(fromMs, startMs)
    const to = Math.min(toMs, endMs, load.durationMs)
    if (to <= from || endMs <= startMs) continue
    const rateAt = (ms: number) => startRate + ((endRate - startRate) * (ms - startMs)) / (endMs - startMs)
    sum += (((rateAt(from) + rateAt(to)) / 2) * (to - from)) / 1000
  }
  return sum
}

/** k6's CPU time in steady state as a share of the cores it may use; null when either was not sampled. */
const cpuRatio = (folded: Folded, seconds: readonly number[]): number | null => {
  const [cpu] = seriesOf(folded.resources, generator.cpu, generator.component)
  const [cores] = seriesOf(folded.resources, generator.cores, generator.component)
  const limit = cores?.value.at(-1)
  const [first] = seconds
  const last = seconds.at(-1)
  if (!cpu || limit === undefined || !(limit > 0) || first === undefined || last === undefined) return null
  const inside = cpu.atMs.flatMap((atMs, i) => {
    const at = Math.floor(atMs / 1000) - folded.baseS
    return at >= first && at <= last ? [i] : []
  })
  const [a] = inside
  const b = inside.at(-1)
  if (a === undefined || b === undefined || a === b) return null
  const elapsedS = ((cpu.atMs[b] ?? 0) - (cpu.atMs[a] ?? 0)) / 1000
  return elapsedS <= 0 ? null : ((cpu.value[b] ?? 0) - (cpu.value[a] ?? 0)) / elapsedS / limit
}

const mostOf = (column: Uint32Array): number | null => {
  const most = column.reduce((a, b) => Math.max(a, b), 0)
  return most === 0 ? null : most
}
