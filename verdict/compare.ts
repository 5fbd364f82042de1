import type { ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { PhaseName } from '../model/slo.ts'
import type { ComparedLatency, Comparison, Figure, Outcome } from '../model/verdict.ts'
import { samplesNeeded } from './binomial.ts'
import { differences, sameFaults, whyNotComparable } from './comparable.ts'
import { dash, formatCount, formatMs, percentDigits, plural } from './format.ts'
import { fewestRuns, latencyDifference } from './latency-difference.ts'
import type { MeasuredLatency, MeasuredRun } from './measured-run.ts'
import { comparedPhases } from './measured-run.ts'
import { worse } from './objectives/context.ts'
import type { Histogram } from './windows.ts'

/** A difference matters when it is more than both. */
const floorRatio = 0.05
const leastFloorMs = 10
const fewestSeconds = 10

/** Other runs of the same load, read with the objectives of the run that is compared. */
export interface Baseline {
  gates: boolean
  /** It would gate, and there is nothing yet to be slower than: it begins with this run, if that passes. */
  begins?: boolean
  runs: MeasuredRun[]
  /** Runs that could not be read. */
  unreadable: { run: string; reason: string }[]
}

/**
 * Compares a run with baseline runs: the same phase of the same load, each latency objective at its
 * own percentile. A difference counts when the interval excludes none at all and it is over the
 * practical floor (5 % and 10 ms). Runs that do not fit are named with the reason, never left out in
 * silence.
 */
export const compare = (current: MeasuredRun, baseline: Baseline): Comparison => {
  const { plan } = current
  const judged = baseline.runs.map((run) => ({
    run,
    reason: whyNotComparable(plan, run.plan) ?? run.unfit ?? (current.unfit && `of this run: ${current.unfit}`),
  }))
  const runs = judged.filter(({ reason }) => reason === null).map(({ run }) => run)
  const notComparable = [
    ...baseline.unreadable,
    ...judged.flatMap(({ run, reason }) => (reason === null ? [] : [{ run: run.runId, reason }])),
  ]
  const rows = runs.length === 0 ? [] : latencyObjectives(plan).flatMap((objective) => rowsOf(objective, current, runs))
  const { outcome, proven } = outcomeOf(rows, plan.requireProof)
  return {
    runs: runs.map(({ runId }) => runId),
    notComparable,
    gates: baseline.gates && baseline.begins !== true,
    outcome,
    proven,
    sentence: sentenceOf(rows, runs.length, notComparable) + (baseline.begins === true ? beginning : ''),
    notes: notesOf(current, runs),
    rows,
  }
}

const latencyObjectives = (plan: Plan): ProportionObjective[] =>
  plan.objectives.filter(
    (objective): objective is ProportionObjective =>
      objective.kind === 'proportion' && objective.thresholdUs !== null && objective.gate !== 'info',
  )

const rowsOf = (
  objective: ProportionObjective,
  current: MeasuredRun,
  runs: readonly MeasuredRun[],
): ComparedLatency[] =>
  comparedPhases.flatMap((phase) => {
    const others = phase === 'steady' ? runs : runs.filter((run) => sameFaults(current.plan, run.plan))
    const here = latencyOf(current, objective.id, phase)
    const there = others.map((run) => latencyOf(run, objective.id, phase)).filter((one) => one !== null)
    if (here === null && there.length === 0) return []
    return [rowOf(objective, phase, here, there)]
  })

const latencyOf = (run: MeasuredRun, objective: string, phase: PhaseName): MeasuredLatency | null =>
  run.latencies.find((one) => one.objective === objective && one.phase === phase && one.pieces.length > 0) ?? null

const rowOf = (
  { id, title, targetRatio }: ProportionObjective,
  phase: PhaseName,
  here: MeasuredLatency | null,
  there: readonly MeasuredLatency[],
): ComparedLatency => {
  const [n, baselineN] = [samplesOf(here?.pieces ?? []), samplesOf(there.flatMap(({ pieces }) => pieces))]
  const base = { objective: id, title, phase, percentile: targetRatio, n, baselineN }
  const needed = samplesNeeded(targetRatio) ?? Number.POSITIVE_INFINITY
  const few =
    n < needed || baselineN < needed
      ? `${formatCount(n)} and ${formatCount(baselineN)} requests, ${formatCount(needed)} needed on both sides`
      : here === null || [here, ...there].some(({ seconds }) => seconds < fewestSeconds)
        ? `shorter than ${fewestSeconds} s with requests`
        : null
  if (here === null || few !== null) return { ...base, ...nothing, change: 'no-data', reason: few ?? '' }
  const { baselineUs, currentUs, lowUs, highUs } = latencyDifference(
    here.pieces,
    there.map(({ pieces }) => pieces),
    targetRatio,
  )
  const [beforeMs, nowMs, lowMs, highMs] = [baselineUs / 1000, currentUs / 1000, lowUs / 1000, highUs / 1000]
  const floorMs = Math.max(leastFloorMs, floorRatio * beforeMs)
  const change = changeOf(nowMs - beforeMs, lowMs, highMs, floorMs)
  return {
    ...base,
    change,
    reason: reasons[change](formatMs(floorMs)),
    baseline: figure(beforeMs),
    current: figure(nowMs),
    difference: { value: nowMs - beforeMs, text: signed(nowMs - beforeMs) },
    interval: { low: lowMs, high: highMs, text: `[${signed(lowMs)}, ${signed(highMs)}]` },
    floorMs,
  }
}

const samplesOf = (pieces: readonly Histogram[]): number => pieces.reduce((sum, { n }) => sum + n, 0)

const changeOf = (ms: number, lowMs: number, highMs: number, floorMs: number): ComparedLatency['change'] => {
  if (lowMs > 0 && ms > floorMs) return 'slower'
  if (highMs < 0 && ms < -floorMs) return 'faster'
  return lowMs >= -floorMs && highMs <= floorMs ? 'unchanged' : 'unclear'
}

const reasons: Record<ComparedLatency['change'], (floor: string) => string> = {
  slower: (floor) => `more than ${floor}, and the interval excludes no change`,
  faster: (floor) => `more than ${floor}, and the interval excludes no change`,
  unchanged: (floor) => `the whole interval is within ${floor}`,
  unclear: (floor) => `neither a difference nor its absence within ${floor} is proven`,
  'no-data': () => '',
}

const noFigure: Figure = { value: null, text: dash }
const nothing = {
  baseline: noFigure,
  current: noFigure,
  difference: noFigure,
  interval: { low: null, high: null, text: dash },
  floorMs: leastFloorMs,
}
const figure = (ms: number): Figure => ({ value: ms, text: formatMs(ms) })
const signed = (ms: number): string => `${ms >= 0 ? '+' : ''}${formatMs(ms)}`

/** Slower is a fail; where nothing could be compared there is no data, which is no pass. */
const outcomeOf = (rows: readonly ComparedLatency[], requireProof: boolean): { outcome: Outcome; proven: boolean } => {
  const of: Record<ComparedLatency['change'], Outcome> = {
    slower: 'fail',
    faster: 'pass',
    unchanged: 'pass',
    unclear: requireProof ? 'inconclusive' : 'pass',
    'no-data': 'no-data',
  }
  // A phase too short to compare (no recovered phase, say) does not undo what the others show.
  const seen = rows.filter(({ change }) => change !== 'no-data')
  if (seen.length === 0) return { outcome: 'no-data', proven: false }
  const outcome = seen.reduce<Outcome>((worst, { change }) => worse(worst, of[change]), 'pass')
  return { outcome, proven: seen.every(({ change }) => change !== 'unclear') }
}

const beginning = ' The baseline decides nothing yet: it begins with this run, if that passes.'

const sentenceOf = (
  rows: readonly ComparedLatency[],
  runs: number,
  notComparable: Comparison['notComparable'],
): string => {
  const against = runs === 1 ? 'the baseline run' : `${formatCount(runs)} baseline runs`
  if (runs === 0) {
    const [first] = notComparable
    return first ? `Not comparable with ${first.run}: ${first.reason}.` : 'Not compared: there is no baseline run.'
  }
  const of = (change: ComparedLatency['change']) => rows.filter((row) => row.change === change)
  const [worst] = of('slower').toSorted((a, b) => (b.difference.value ?? 0) - (a.difference.value ?? 0))
  if (worst) return `Slower than ${against}: ${changeText(worst)}.`
  const [best] = of('faster').toSorted((a, b) => (a.difference.value ?? 0) - (b.difference.value ?? 0))
  if (best) return `Faster than ${against}: ${changeText(best)}.`
  const open = of('unclear')
  if (open.length > 0)
    return `No slowdown against ${against} is proven, nor its absence in ${plural(open.length, 'comparison')}.`
  if (of('unchanged').length > 0) return `As fast as ${against}, within what matters.`
  return `Nothing could be compared with ${against}: too few requests.`
}

/** `p95 of "API requests" (steady) went from 61 ms to 84 ms, +23 ms [+21 ms, +25 ms]` */
export const changeText = (row: ComparedLatency): string =>
  `p${percentDigits(row.percentile)} of "${row.title}" (${row.phase}) went from ${row.baseline.text} to ${row.current.text}, ` +
  `${row.difference.text} ${row.interval.text}`

const notesOf = (current: MeasuredRun, runs: readonly MeasuredRun[]): string[] => {
  if (runs.length === 0) return []
  const notes = runs.flatMap((run) => differences(current.plan, run))
  if (runs.length < fewestRuns) {
    notes.push(
      `${plural(runs.length, 'baseline run')}, at least ${fewestRuns} are needed to know how runs differ by themselves: ` +
        'the bounds hold the variation inside the runs only.',
    )
  }
  if (runs.some((run) => !sameFaults(current.plan, run.plan)))
    notes.push('The recovered phase is compared only with runs of the same faults.')
  return notes
}
