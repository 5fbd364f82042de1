import { bucketOf } from '../model/histogram.ts'
import type { CountObjective, ProportionObjective, SliSelector } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { AcksLine, ErrorLine, LoadLine, RecordLine, SampleLine, VusLine, WindowLine } from '../model/window.ts'
import { requestMetric } from '../model/window.ts'
import { failedIn } from './bad-samples.ts'
import { findOwnDrops, vusOf } from './drops.ts'
import { findOwnInterruptions } from './interruptions.ts'
import { addToName, newNames } from './lasting/names.ts'
import { addToGrid, newGrid, summedColumns } from './latency-grid.ts'
import { addToSums, type LineSums, newSums } from './line-sums.ts'
import { validLine } from './lines.ts'
import type { LoadRecord } from './load.ts'
import { addLoad, countUndelivered, newLoad } from './load.ts'
import type { Resources } from './resources.ts'
import { addSample, newResources } from './resources.ts'
import type { Seconds } from './seconds.ts'
import { bump, newSeconds, seenBad, seenGood } from './seconds.ts'
import { requestMetrics, selects } from './selector.ts'
import type { SliRecord } from './sli-record.ts'
import type { Traffic } from './traffic.ts'
import { addTraffic, allowedUs, newTraffic } from './traffic.ts'
import type { Usage } from './usage.ts'
import { addUsage, newUsage } from './usage.ts'
import { splitAt } from './windows.ts'

/** A whole run in columns: memory grows with its length and its objectives, not with its traffic. */
export interface Folded {
  /** Unix second of index 0. */
  baseS: number
  length: number
  slis: Map<string, SliRecord>
  /** All requests of the latency SLIs, for the charts. */
  chart: SliRecord
  load: Map<string, LoadRecord>
  /** By scenario. */
  traffic: Map<string, Traffic>
  /** Iterations that did not run, or not to their end, because of what their scenarios declare: why the run is invalid. */
  ownFaults: string[]
  vusActive: Uint32Array
  vusMax: Uint32Array
  resources: Resources
  usage: Usage
  errors: Map<string, { name: string; error: string; n: number }>
  /** Acknowledged writes, a line for each flush and scenario. */
  acks: AcksLine[]
  /** Lines that could not be read or lie outside the run. */
  damaged: number
  overflow: number | null
  ended: boolean
  sums: LineSums
  /** Last second with load, as an index; -1 without any. */
  lastIndex: number
}

/** A plan has at most half as many: what comes from more is no record of it. */
const mostScenarios = 200

/** Seconds kept before the load's start, and after its planned end for late starts of slow runs. */
const leadS = 30
const tailS = 120

/**
 * Folds the lines of a record, in any order and any split into increments.
 * @param startedAtMs Unix time of second 0 of the plan
 * @param mostSeconds that the record can have lines of, however long its plan is
 */
export const foldLines = async (
  plan: Plan,
  startedAtMs: number,
  lines: Iterable<RecordLine> | AsyncIterable<RecordLine>,
  mostSeconds = Number.POSITIVE_INFINITY,
): Promise<Folded> => {
  const folded = newFolded(plan, startedAtMs, mostSeconds)
  const cache = new Map<string, Takers>()
  const fold = (line: RecordLine): void => {
    if (!validLine(line)) {
      folded.damaged++
      return
    }
    addToSums(folded.sums, line)
    if (line.type === 'window') foldWindow(plan, folded, cache, line)
    else if (line.type === 'load') foldLoad(folded, line)
    else if (line.type === 'vus') foldVus(folded, line)
    else if (line.type === 'sample') foldSample(folded, line)
    else if (line.type === 'answer') folded.resources.answers.set(line.series, line)
    else if (line.type === 'error') foldError(folded, line)
    else if (line.type === 'acks') folded.acks.push(line)
    else if (line.type === 'overflow') folded.overflow = line.maxSeries
    else if (line.type === 'end') folded.ended = true
  }
  if (Symbol.asyncIterator in lines) for await (const line of lines) fold(line)
  else for (const line of lines) fold(line)
  folded.ownFaults = plan.load.flatMap((planned) => {
    const load = folded.load.get(planned.scenario)
    const vus = vusOf(
      planned,
      plan.load.length,
      folded.vusMax.reduce((most, each) => Math.max(most, each), 0),
    )
    if (!load) return []
    const traffic = folded.traffic.get(planned.scenario)
    const allBusy = (at: number) => (folded.vusActive[at] ?? 0) >= (folded.vusMax[at] ?? 0)
    const interruptions = findOwnInterruptions(planned, load, traffic)
    const drops = findOwnDrops(planned, load, traffic, vus, allBusy)
    return [drops, interruptions].filter((reason) => reason !== null)
  })
  for (const load of folded.load.values()) {
    countUndelivered(load, [...folded.slis.values(), folded.chart])
  }
  return folded
}

const newFolded = (plan: Plan, startedAtMs: number, mostSeconds: number): Folded => {
  const graceMs = Math.max(0, ...plan.load.map((load) => load.gracefulStopMs))
  const seconds = Math.min(mostSeconds, Math.ceil((plan.phases.recovery.endMs + graceMs) / 1000))
  const length = leadS + seconds + tailS
  const record = (sli: SliSelector, thresholdUs: number | null, latency: boolean, named = false): SliRecord => ({
    sli,
    thresholdUs,
    seconds: newSeconds(length),
    names: named && sli.names?.length !== 1 ? newNames(length) : null,
    grid: latency ? newGrid(length, thresholdUs === null ? undefined : summedColumns) : null,
    failures: latency && thresholdUs !== null ? newGrid(length, summedColumns) : null,
  })
  const slis = new Map<string, SliRecord>()
  for (const objective of plan.objectives) {
    if (objective.kind === 'proportion') {
      slis.set(
        objective.id,
        record(objective.sli, objective.thresholdUs, objective.thresholdUs !== null, objective.gate !== 'info'),
      )
    } else if (objective.kind === 'count') slis.set(objective.id, record(objective.sli, null, false))
  }
  return {
    baseS: Math.floor(startedAtMs / 1000) - leadS,
    length,
    slis,
    chart: record(chartSelector(plan), null, true),
    load: new Map(),
    traffic: new Map(),
    ownFaults: [],
    vusActive: new Uint32Array(length),
    vusMax: new Uint32Array(length),
    resources: newResources(plan),
    usage: newUsage(length),
    errors: new Map(),
    acks: [],
    damaged: 0,
    overflow: null,
    ended: false,
    sums: newSums(),
    lastIndex: -1,
  }
}

type Sliced = ProportionObjective | CountObjective

/** The requests of all latency SLIs; all requests where there is none. */
const chartSelector = (plan: Plan): SliSelector => {
  const latency = plan.objectives.filter(
    (objective): objective is Sliced =>
      objective.kind === 'proportion' &&
      objective.thresholdUs !== null &&
      requestMetrics.includes(objective.sli.metric),
  )
  const metric = latency[0]?.sli.metric ?? requestMetric
  const same = latency.filter((objective) => objective.sli.metric === metric)
  if (same.length === 0 || same.some((objective) => objective.sli.names === undefined)) return { metric }
  return { metric, names: [...new Set(same.flatMap((objective) => objective.sli.names ?? []))] }
}

/** Index of a Unix second, or -1 (and one damaged line) outside the run. */
const indexOf = (folded: Folded, s: number): number => {
  const at = s - folded.baseS
  if (at >= 0 && at < folded.length) return at
  folded.damaged++
  return -1
}

/** What takes the windows of one metric, scenario and name. */
interface Takers {
  records: SliRecord[]
  traffic: Traffic
  allowedUs: number
}

const foldWindow = (plan: Plan, folded: Folded, cache: Map<string, Takers>, line: WindowLine): void => {
  const at = indexOf(folded, line.s)
  if (at < 0) return
  const key = `${line.metric}\n${line.scenario}\n${line.name}`
  let takers = cache.get(key)
  if (!takers) {
    if (!folded.traffic.has(line.scenario) && folded.traffic.size >= mostScenarios) {
      folded.damaged++
      return
    }
    const records = [...folded.slis.values(), folded.chart].filter((record) =>
      selects(record.sli, line.metric, line.scenario, line.name),
    )
    takers = { records, traffic: trafficOf(folded, line.scenario), allowedUs: allowedUs(plan, line) }
    cache.set(key, takers)
  }
  addTraffic(takers.traffic, at, line, takers.allowedUs)
  if (takers.records.length === 0) return
  if (at > folded.lastIndex) folded.lastIndex = at
  for (const record of takers.records) {
    const before = record.seconds.bad[at] ?? 0
    addWindow(record, at, line)
    if (record.names) addToName(record.names, line.name, at, line.n, (record.seconds.bad[at] ?? 0) - before)
  }
}

const trafficOf = ({ traffic, length }: Folded, scenario: string): Traffic => {
  const known = traffic.get(scenario) ?? newTraffic(length)
  traffic.set(scenario, known)
  return known
}

/** Adds one increment to one SLI. */
const addWindow = (record: SliRecord, at: number, line: WindowLine): void => {
  const { seconds, thresholdUs } = record
  const { n } = line
  bump(seconds.due, at, n)
  bump(seconds.samples, at, n)
  if (line.status !== 'error') bump(seconds.answered, at, n)
  const failed = failedIn(line)
  if (failed > 0) bump(seconds.failed, at, failed)
  if (failed === n) addBad(seconds, at, n, line.firstUs, line.lastUs)
  else if (failed > 0) {
    // Rates carry no times of their own for either side.
    addBad(seconds, at, failed, line.firstUs, line.lastUs)
    seenGood(seconds, at, line.firstUs, line.lastUs)
  } else if (thresholdUs === null) seenGood(seconds, at, line.firstUs, line.lastUs)
  else addAgainstThreshold(seconds, at, line, thresholdUs)
  if (record.grid && line.hist) {
    const lowest = failed > 0 && thresholdUs !== null ? bucketOf(thresholdUs) : 0
    addToGrid(record.grid, at, line.hist, lowest)
    if (failed > 0 && record.failures) addToGrid(record.failures, at, line.hist, lowest)
  }
}

const addBad = (seconds: Seconds, at: number, n: number, firstUs: number, lastUs: number): void => {
  bump(seconds.bad, at, n)
  bump(seconds.badSamples, at, n)
  seenBad(seconds, at, firstUs, lastUs)
}

const addAgainstThreshold = (seconds: Seconds, at: number, line: WindowLine, thresholdUs: number): void => {
  const counted = line.over?.find((entry) => entry[0] === thresholdUs)
  if (counted) {
    const [, over, firstOver, lastOver, firstUnder, lastUnder] = counted
    if (over > 0) addBad(seconds, at, over, firstOver, lastOver)
    if (over < line.n) seenGood(seconds, at, firstUnder, lastUnder)
    return
  }
  // The record did not count this threshold: the histogram's bucket bounds it, the second is the edge.
  const { over, unsure } = line.hist ? splitAt(line.hist, thresholdUs) : { over: 0, unsure: line.n }
  if (over + unsure > 0) addBad(seconds, at, over + unsure, 0, 999_999)
  if (over + unsure < line.n) seenGood(seconds, at, line.firstUs, line.lastUs)
  seconds.unsureAt ??= new Uint32Array(seconds.length)
  bump(seconds.unsureAt, at, unsure)
  seconds.unsure += unsure
}

const foldLoad = (folded: Folded, line: LoadLine): void => {
  const at = indexOf(folded, line.s)
  if (at < 0) return
  if (at > folded.lastIndex) folded.lastIndex = at
  let load = folded.load.get(line.scenario)
  if (!load) {
    if (folded.load.size >= mostScenarios) {
      folded.damaged++
      return
    }
    load = newLoad(line, folded.length)
    folded.load.set(line.scenario, load)
  }
  addLoad(load, at, line)
}

const foldVus = (folded: Folded, line: VusLine): void => {
  const at = indexOf(folded, line.s)
  if (at < 0) return
  folded.vusActive[at] = Math.max(folded.vusActive[at] ?? 0, line.active)
  folded.vusMax[at] = Math.max(folded.vusMax[at] ?? 0, line.max)
}

const foldSample = (folded: Folded, line: SampleLine): void => {
  addSample(folded.resources, line)
  addUsage(folded.usage, line, folded.baseS)
}

const foldError = (folded: Folded, line: ErrorLine): void => {
  const key = `${line.name}\n${line.error}`
  const present = folded.errors.get(key)
  if (present) present.n += line.n
  else folded.errors.set(key, { name: line.name, error: line.error, n: line.n })
}
