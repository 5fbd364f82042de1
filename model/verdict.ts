import type { Capacity } from './capacity.ts'
import type { EndReason } from './event.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Gate, Objective } from './objective.ts'
import type { PhaseName } from './slo.ts'

export const verdictSchemaVersion = 1

/** Of one objective. A crashed check is `error`, never a pass. */
export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'no-data' | 'error'

/** Of the run; worst first: fail, invalid, inconclusive, pass. */
export type RunResult = 'pass' | 'fail' | 'inconclusive' | 'invalid'

/** A number with the text that every report prints for it: renderers never compute. */
export interface Figure {
  value: number | null
  text: string
}

export interface ObjectiveResult {
  id: string
  title: string
  kind: Objective['kind']
  gate: Gate
  source: string
  targetText: string
  outcome: Outcome
  /** False with outcome `pass`: no breach seen, not proven. */
  proven: boolean
  /** Machine-readable: `proven-pass`, `proven-fail`, `no-breach-seen`, `not-proven`, `no-samples`, `not-recovered`, ... */
  reasonCode: string
  reason: string
  measured: Figure
  /** Two one-sided 95 % bounds, which allow for dependence between requests; or null, text `–`. */
  interval: { low: number | null; high: number | null; text: string }
  n: number
  /** Samples that a proof needs; null when it has no such number. */
  needed: number | null
  /**
   * About how many seconds of the phases that gate would have proven it, had they gone on as they were; null where it is
   * too near its target or over it. Only of proportions.
   */
  neededSeconds?: number | null
  margin: Figure
  /** The same number of the run before; absent when there was none to compare with. */
  previous?: Figure
  /** The fault it was judged for (resilience objectives: the worst one). */
  fault: string | null
  /** The numbers of every phase, gating or not. */
  phases: { phase: PhaseName; n: number; bad: number; measured: Figure; seconds?: BrokenSeconds }[]
  /** What a pass does not show: seconds that break the target by themselves. Absent where there is none. */
  hidden?: string
}

/** Single seconds against the target of a proportion objective, among those with enough requests to break it. */
export interface BrokenSeconds {
  counted: number
  broken: number
  /** The second with the largest share of bad requests; seconds from the start of the load. */
  worst: { bad: number; due: number; atS: number }
  text: string
}

/** Bad requests among those that were due. */
export interface Tally {
  bad: number
  due: number
}

/** Requests that got worse and stayed so until the end of what was seen, or were not sent any more. */
export interface LastingChange {
  /** Id of the proportion objective whose requests these are. */
  objective: string
  /** The request name that changed by itself; null: the requests of the objective as a whole. */
  request: string | null
  /** The fault after whose removal it was seen (the first of its group); null: in the steady state. */
  fault: string | null
  kind: 'worse' | 'silent'
  /** Unix ms. */
  sinceMs: number
  before: Tally
  after: Tally
  /** Against the objective's target, by itself: proven broken, proven held (`within`), neither, or not sent. */
  target: 'broken' | 'open' | 'within' | 'not-sent'
  /** The last seconds looked as usual again, for less than `stableFor`. */
  fading: boolean
  text: string
}

/** How one SLI fared under one fault. All times in ms. */
export interface SliRecovery {
  objective: string
  /** `cannot-tell`: no effect is proven, and the record could not show, or not tell apart, one that matters. */
  state: 'absorbed' | 'recovered' | 'cannot-tell' | 'not-recovered' | 'not-seen' | 'no-data'
  /** From the injection to the first effect; null = no impact seen. */
  timeToImpactMs: number | null
  timeToDetectMs: number | null
  /** Null = not mitigated before removal. */
  timeToMitigateMs: number | null
  /** Null only when there is no data; with `not-recovered` and `not-seen` a lower bound. */
  recoveryMs: number | null
  /** Half the width of the recovery time's range, whose middle `recoveryMs` is. */
  resolutionMs: number | null
  rtoMs: number | null
  /** Unix ms of the first and the last bad edge, for the chart. */
  impactAtMs: number | null
  recoveredAtMs: number | null
  degradedSeconds: number
  episodes: number
  /** Lost good-seconds: integral of max(0, reference - good ratio). */
  resilienceLossSeconds: number
  badEvents: number
  /** Share of the error budget used; null when production traffic is not stated. */
  budgetConsumedRatio: number | null
  maxErrorRatio: number | null
  latencyP95Us: number | null
  latencyP99Us: number | null
  /** What did not become as before; absent where nothing changed for good. */
  change?: LastingChange
  /** The ranges (95 %) that the times above are the middles of; absent without data, and in verdicts of before. */
  ranges?: RecoveryRanges
  /** The shortest total outage that the rate of requests shows for certain. */
  shortestVisibleMs?: number
  /** Episodes after the injection that are no worse than those of the steady state, and are not charged to the fault. */
  usualEpisodes?: number
}

/** What the record supports at least and at most; `high` null: it sets no upper bound. */
export interface Range {
  low: number
  high: number | null
}

export interface RecoveryRanges {
  impact: Range | null
  recovery: Range
  rto: Range
  /** When it had recovered, Unix ms; null if that was not seen. */
  end: Range | null
  degradedSeconds: Range
}

export interface FaultResult {
  id: string
  label: string
  kind: string
  oneShot: boolean
  /** Faults whose times overlap are judged as one group. */
  group: string[]
  confirmedActive: boolean
  confirmedRemoved: boolean
  skippedReason: string | null
  /** Unix ms of the confirmed edges, and their widths (call to reply). */
  activeAtMs: number | null
  removedAtMs: number | null
  edgeWidthMs: number | null
  /** Only of a fault that was not active as planned: the last look that saw it, in Unix ms; null: it never was active. */
  activeUntilMs?: number | null
  /** The SLI that fared worst decides what the table shows. */
  worst: SliRecovery | null
  perSli: SliRecovery[]
  /** Words for the table, made once. */
  text: {
    active: string
    impact: string
    mitigated: string
    recovery: string
    rto: string
    lostWrites: string
    budget: string
  }
  lostWrites: number | null
  duplicates: number | null
  rpoMs: number | null
  /** Commands with which a person can see whether it is gone; only where its removal is not proven. */
  checkBy: string[]
  outcome: Outcome
  reason: string
}

/** A fault that was injected, perhaps only half, and of which nothing proves that it is gone. */
export const mayBeLeft = (fault: FaultResult): boolean =>
  !fault.oneShot && !fault.confirmedRemoved && (fault.activeAtMs !== null || fault.checkBy.length > 0)

/** An earlier run of the same game day, profile, environment and place. */
export interface EarlierRun {
  runId: string
  startedAtMs: number
  result: RunResult
  sentence: string
  /** What it measured for this verdict's required service levels; null where it did not. */
  measured: { objective: string; title: string; figure: Figure | null }[]
}

/** One latency of one phase against the same of the baseline runs. */
export interface ComparedLatency {
  /** The latency objective whose requests these are, and its title. */
  objective: string
  title: string
  phase: PhaseName
  /** The compared percentile: 0.95. */
  percentile: number
  /** `unclear`: the interval reaches over the floor; `no-data`: one side has too few samples. */
  change: 'slower' | 'faster' | 'unchanged' | 'unclear' | 'no-data'
  reason: string
  /** Milliseconds. */
  baseline: Figure
  current: Figure
  /** Current less baseline, with two one-sided 95 % bounds. */
  difference: Figure
  interval: { low: number | null; high: number | null; text: string }
  /** The least difference that matters, in ms. */
  floorMs: number
  n: number
  baselineN: number
}

/** This run against other runs of the same load. */
export interface Comparison {
  /** Runs that it was compared with. */
  runs: string[]
  /** Runs that it could not be compared with, and why. */
  notComparable: { run: string; reason: string }[]
  /** Whether `outcome` decides with the required objectives. */
  gates: boolean
  /** The worst of the rows: slower is `fail`; nothing comparable is `no-data`. */
  outcome: Outcome
  proven: boolean
  sentence: string
  /** What a reader must know before believing the rows. */
  notes: string[]
  rows: ComparedLatency[]
}

export interface Verdict {
  schemaVersion: number
  runId: string
  result: RunResult
  exitCode: ExitCode
  /** One sentence for someone who has ten seconds. */
  sentence: string
  /** Second sentence: validity, what was confirmed, how many objectives hold. */
  detail: string
  ended: EndReason
  /** A fault may still be there: nothing measured on this machine can be trusted until that is settled. */
  tainted: boolean
  invalidReasons: string[]
  /** Required objectives that this run could not judge, with the reason; absent where there are none. */
  notJudged?: string[]
  objectives: ObjectiveResult[]
  faults: FaultResult[]
  /** Only of a game day that looks for it. */
  capacity?: Capacity
  /** Absent where the run names no baseline. */
  baseline?: Comparison
  /** What got worse for good, the worst first; absent where nothing did. */
  changes?: LastingChange[]
  cannotTell: string[]
  load: LoadHealth
  topErrors: { name: string; error: string; n: number }[]
  warnings: string[]
  /** Unix ms of second 0 of the plan. */
  startedAtMs: number
  durationMs: number
  /** What really happened, as spans in ms from the start: warmUp, steady, fault, recovered. */
  phases: { phase: PhaseName; startMs: number; endMs: number }[]
  /** Newest first. */
  history: EarlierRun[]
}

export interface LoadHealth {
  offered: number
  completed: number
  dropped: number
  interrupted: number
  steadyOfferedPerSecond: number
  steadyAchievedPerSecond: number
  /** k6's CPU as a share of the cores it may use; null when not sampled. */
  k6CpuRatio: number | null
  maxVusInUse: number | null
  vusAvailable: number | null
}

/** Downsampled series for the charts (`charts.json`): at most ~600 points each, times in seconds from the start. */
export interface Charts {
  schemaVersion: number
  stepSeconds: number
  /** Offered and achieved iterations per second. */
  rate: { t: number[]; offered: number[]; achieved: number[] }
  /** Milliseconds, all requests of the latency SLIs; null where nothing was measured. */
  latency: { t: number[]; p50: (number | null)[]; p95: (number | null)[]; p99: (number | null)[] }
  /** Share of due requests that were bad (0..1); null where nothing was due. */
  errors: { t: number[]; ratio: (number | null)[] }
  sloLines: { label: string; ms: number }[]
  /** Cells of the heatmap: latency buckets (ms, log) over time, count. */
  heatmap: { t: number; tEnd: number; lowMs: number; highMs: number; n: number }[]
  /** Latency at 1/(1-p), steady phase, ms. */
  percentiles: { p: number; ms: number }[]
  /** The same of the baseline runs together; absent without them. */
  baselinePercentiles?: { p: number; ms: number }[]
  /** What the components used, busiest first, at most three of each; absent where nothing was sampled. */
  usage?: {
    title: string
    unit: string
    t: number[]
    lines: { component: string; value: (number | null)[] }[]
    /** Components that are not drawn. */
    more: number
  }[]
  /** Sampled series (queue depth, memory) that have an objective. */
  resources: {
    title: string
    unit: string
    t: number[]
    value: (number | null)[]
    /** The objective's bound, in `unit`, and its words. */
    limit?: { value: number; text: string }
  }[]
  faultBands: { id: string; label: string; startS: number; endS: number; recoveredS: number | null }[]
  phases: { phase: PhaseName; startS: number; endS: number }[]
}
