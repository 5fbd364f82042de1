import type { PlannedCapacity } from './capacity.ts'
import type { ClusterRef } from './cluster.ts'
import type { Declared } from './declared.ts'
import type { Injection, Target } from './fault.ts'
import type { Guard, ProfileName } from './gameday.ts'
import type { Gate, Objective } from './objective.ts'
import type { PlannedPrometheus } from './prometheus.ts'
import type { Environment } from './system.ts'

export const planSchemaVersion = 1

/**
 * Faults planned nearer to each other than this are judged as one, as those that overlap: users are watched by the
 * second, and the first would have no time of its own to be seen in.
 */
export const leastApartMs = 1000

/** Everything a run will do, decided before anything starts; `plan.json` of a record. No secrets. */
export interface Plan {
  schemaVersion: number
  runId: string
  /** `batchsender/demo`. */
  gameDay: string
  title: string
  purpose: string
  system: { name: string; title: string; standsFor: string[] }
  environment: Environment
  /** In `kubernetes`: where the system is. */
  cluster?: ClusterRef
  /** In `external`: the address of the system, as a URL in its normal form; absent in records of before it was kept. */
  baseUrl?: string
  profile: ProfileName
  /** True: an objective without proof is inconclusive; false: "no breach seen" passes. */
  requireProof: boolean
  /** The run ends when what is still to come cannot change its verdict; absent: it does not. */
  stopWhenDecided?: true
  /** Offsets in ms from the load's start. `recovery` ends with the run. */
  phases: { warmUp: Span; steady: Span; faults: Span; recovery: Span }
  stableForMs: number
  /** From the first read after the load: acknowledged writes that are not there by then are lost. Absent without an audit. */
  readBackWithinMs?: number
  load: PlannedLoad[]
  faults: PlannedFault[]
  /** `[seconds, threshold]`-free copies of what the guards watch. */
  guards: Guard[]
  objectives: Objective[]
  /** Per objective: what this run will give against what it needs. */
  expectations: Expectation[]
  /** Required objectives that the game day is not about, by name: `info` here, and no reason to refuse a proof. */
  leavesOut?: string[]
  /** What an objective can name; absent in records of before it was kept. */
  declared?: Declared
  faultsDespiteBreach: boolean
  /** Runs to compare with, as they were named, and whether a slower run fails; absent: none. */
  baseline?: { runs: string[]; gates: boolean }
  /** Rates that were tried before this run, in a game day that looks for the capacity. */
  capacity?: PlannedCapacity
  /** The server that answers the objectives' queries; absent: none. */
  prometheus?: PlannedPrometheus
  weaknesses: string[]
  systemOptions: Record<string, string>
  bundle: { sha256: string }
  slo: { file: string; sha256: string }
  provenance: Provenance
}

export interface Span {
  startMs: number
  endMs: number
}

export interface PlannedLoad {
  scenario: string
  profile: ProfileName
  rateFactor: number
  /** How long its arrivals go on: the game day's length, or the profile's own where the game day sets none. */
  durationMs: number
  /** As people read it: `200/s for 1 min 30 s`. */
  text: string
  /** Arrival rate over time: piecewise linear points `[offsetMs, iterations per second]`. */
  rate: [offsetMs: number, perSecond: number][]
  /** Request name that its dropped iterations count against. */
  sli: string
  /** Longest time one iteration may take, so long windows stay open. */
  gracefulStopMs: number
  /** Longest iteration that the scenario declares, and its virtual users; absent in records of before they were kept. */
  longestIterationMs?: number
  vus?: number
  /** Request names it sends, with the requests per iteration, from the scenario's own words. */
  requests: Record<string, number>
  /** Samples per iteration of custom metrics: metric, name, number. */
  samples?: Record<string, Record<string, number>>
}

export interface PlannedFault {
  /** `f1`, `f2`, ... in order of their time. */
  id: string
  kind: string
  label: string
  oneShot: boolean
  target: Target
  /** Offset from the load's start. */
  atMs: number
  /** Null for one-shots. */
  holdMs: number | null
  injections: Injection[]
  /** In `kubernetes`: the pods that were there when it was planned. */
  hits?: PodHit[]
}

/** At most `most` of these pods; `peer` is the other end of a link, where nothing is put. */
export interface PodHit {
  end: 'target' | 'peer'
  pods: string[]
  most: number
}

export interface Expectation {
  objective: string
  samples: number | null
  needed: number | null
  /** `yes`, or why not. */
  text: string
  /** Seconds of the phases that gate, and how many a proof needs; only of proportions. */
  watchedSeconds?: number
  neededSeconds?: number
  provable: boolean
  /** Only of an objective that this run cannot judge, and that is `info` here: the gate that was written, and why. */
  notJudged?: { gate: Gate; reason: string }
}

export interface Provenance {
  holdfast: string
  gitCommit: string | null
  command: string
  node: string
  k6: string
  platform: string
  tools: Record<string, string>
}
