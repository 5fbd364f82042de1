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
 * How the load generator fared. The run is invalid when more than 1 % of the planned steady load was
 * not delivered while virtual users were free or k6 was out of CPU. Load that was dropped because
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
  const steady = phases.in(['steady'])
  const total = { started: 0, completed: 0, dropped: 0, interrupted: 0 }
  for (const load of folded.load.values()) {
    for (let at = 0; at < folded.length; at++) {
      total.started += load.started[at] ?? 0
      total.completed += load.completed[at] ?? 0
      total.dropped += load.dropped[at] ?? 0
      total.interrupted += load.interrupted[at] ?? 0
    }
  }
  const seconds: number[] = []
  for (let at = 0; at < folded.length; at++) {
    if (steady(at) && (folded.baseS + at + 1) * 1000 <= seenUntilMs) seconds.push(at)
  }
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
  const delivery = steadyDelivery(plan, folded, seconds, startedAtMs, cpu !== null && cpu > cpuLimitRatio)
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
      ...(delivery.invalid === null ? [] : [delivery.invalid]),
      ...folded.ownFaults,
      ...fits.flatMap(({ missing }) => missing),
    ],
    notes: fits.flatMap(({ extra }) => extra),
  }
}

interface Delivery {
  planned: number
  started: number
  invalid: string | null
}

const steadyDelivery = (
  plan: Plan,
  folded: Folded,
  seconds: readonly number[],
  startedAtMs: number,
  outOfCpu: boolean,
): Delivery => {
  let planned = 0
  let started = 0
  let ownFault = 0
  for (const load of plan.load) {
    const record = folded.load.get(load.scenario)
    let plannedHere = 0
    let delivered = 0
    let droppedWhileFree = 0
    for (const at of seconds) {
      const fromMs = (folded.baseS + at) * 1000 - startedAtMs
      plannedHere += plannedIterations(load, fromMs, fromMs + 1000)
      // Those that the scenario had no users for are told by name.
      const dropped = (record?.dropped[at] ?? 0) - (outOfCpu ? 0 : (record?.ownDropped[at] ?? 0))
      started += record?.started[at] ?? 0
      delivered += (record?.started[at] ?? 0) + (record?.dropped[at] ?? 0)
      const free = (folded.vusActive[at] ?? 0) < (folded.vusMax[at] ?? 0)
      if (dropped > 0 && (outOfCpu || free)) droppedWhileFree += dropped
    }
    planned += plannedHere
    // Arrivals are whole: one more or less at each end is rounding.
    ownFault += Math.max(0, plannedHere - delivered - 2) + droppedWhileFree
  }
  const share = planned === 0 ? 0 : ownFault / planned
  if (share <= undeliveredLimit) return { planned, started, invalid: null }
  const why = outOfCpu ? `k6 used more than ${formatRatio(cpuLimitRatio)} of its CPU` : 'virtual users were free'
  return { planned, started, invalid: `${formatRatio(share)} of the steady load was not delivered although ${why}` }
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
