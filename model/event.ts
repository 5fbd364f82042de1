import type { ClusterRef } from './cluster.ts'
import type { Injection } from './fault.ts'
import type { Ranges } from './ranges.ts'

/**
 * A line of `events.ndjson`: the run's log and, at the same time, its ledger. Lines that an undo
 * needs (`process.started`, `proxy.server`, `containers.starting`, `fault.injecting`) are fsynced before the thing happens
 * or, where its identity is only known afterwards, right after. Times are Unix milliseconds with
 * fractions.
 */
/** `seq`: the number of the line, from 1; absent in older records, and in what a clean-up adds afterwards. */
export type RunEvent = { atMs: number; seq?: number } & RunEventBody

export type RunEventBody =
  /** Holdfast's own process, which writes this. `bootId`: pids and ticks below say nothing after a reboot. */
  | { type: 'run.started'; schemaVersion: number; runId: string; pid: number; startTicks: number; bootId?: string }
  /** A process that Holdfast started; `startTicks` tells it from a later process with the same pid. */
  | { type: 'process.started'; instance: string; pid: number; startTicks: number }
  | { type: 'process.ready'; instance: string; pid: number }
  | {
      type: 'process.exited'
      instance: string
      pid: number
      code: number | null
      signal: string | null
      expected: boolean
    }
  | { type: 'proxy.server'; apiUrl: string }
  /**
   * Before the first object of the run is created in a cluster; fsynced. `run` is the value of the label
   * `holdfast.dev/run`, `lock` the holder of the namespace's Lease, and `kinds` those of its faults.
   */
  | { type: 'cluster.entered'; cluster: ClusterRef; run: string; lock: string | null; kinds: string[] }
  /** How far its clock is ahead of this machine's; `contradictions`: comparisons that did not fit the others. */
  | { type: 'cluster.clock'; aheadMs: number; withinMs: number; contradictions: number }
  /** Nothing of the run is left in it but its lock. */
  | { type: 'cluster.left' }
  /** Before the first container or network is made; fsynced. All carry the label `holdfast.run`, with the mark of the run. */
  | { type: 'containers.starting'; engineId: string; images: Record<string, string> }
  /** `engineAtMs` is the time by the engine's own clock, here and below. */
  | { type: 'container.started'; instance: string; id: string; engineAtMs: number }
  | { type: 'container.ready'; instance: string; id: string }
  | {
      type: 'container.exited'
      instance: string
      id: string
      exitCode: number | null
      expected: boolean
      engineAtMs: number
    }
  /** No container and no network of the run is left. */
  | { type: 'containers.removed' }
  | { type: 'phase.started'; phase: 'warmUp' | 'steady' | 'faults' | 'recovery' | 'audit' }
  /** k6 let go: second 0 of the plan. */
  | { type: 'load.started' }
  | { type: 'load.ended'; exitCode: number | null; signal: string | null }
  /** Before the injection; fsynced. `pids` are the processes it is about to touch. */
  | { type: 'fault.injecting'; fault: string; injections: Injection[]; pids: ProcessRef[] }
  /** The injecting call was made and answered. */
  | { type: 'fault.injected'; fault: string; calledAtMs: number; repliedAtMs: number }
  /** A probe of the target saw the fault. */
  | { type: 'fault.active'; fault: string; evidence: string }
  /** It did not, the injection failed, or the fault ended by itself: seen at one time, and gone at the next. */
  | { type: 'fault.notActive'; fault: string; evidence: string; lastSeenAtMs?: number; goneAtMs?: number }
  /** The last look before its removal got no answer: nothing tells whether it was still there. */
  | { type: 'fault.unseen'; fault: string }
  | { type: 'fault.removing'; fault: string }
  | { type: 'fault.removed'; fault: string; calledAtMs: number; repliedAtMs: number }
  /** A probe of the target saw that the fault is gone. */
  | { type: 'fault.provenRemoved'; fault: string; evidence: string }
  | { type: 'fault.notRemoved'; fault: string; evidence: string; checkBy: string[] }
  | { type: 'fault.skipped'; fault: string; reason: string }
  /** What is still to come cannot change the verdict; the judge finds the same out for itself. */
  | { type: 'run.decided'; result: 'fail' | 'pass'; evidence: string }
  | { type: 'guard.tripped'; guard: string; evidence: string }
  | {
      type: 'audit.done'
      /** Writes that the system's audit looked for, by its own count. */
      checked: number
      /** Acknowledged writes of the record. The judge counts them itself. */
      acknowledged: number
      /** Still missing at the deadline; `lost` names at most 1,000 of them, `lostRanges` all. */
      lostCount: number
      lost: string[]
      /** Absent in records of before it was kept. */
      lostRanges?: { scenario: string; ranges: Ranges }[]
      /** Found by a later read than the first; the last one so long after it. */
      lateCount?: number
      latestMs?: number | null
      /** Ids that the audit called lost and that were never acknowledged in this run. */
      unknownCount?: number
      duplicates: number | null
      /** Acknowledgement times of the oldest and the newest lost write, in records of before `lostRanges`. */
      oldestLostAtMs?: number | null
      newestLostAtMs?: number | null
    }
  | { type: 'audit.failed'; reason: string }
  | { type: 'warning'; message: string }
  | { type: 'error'; message: string }
  | { type: 'run.ended'; reason: EndReason }

export interface ProcessRef {
  instance: string
  pid: number
  startTicks: number
}

/** `decided`: what was still to come could not change the verdict. */
export type EndReason = 'completed' | 'decided' | 'interrupted' | 'guard' | 'crashed'
