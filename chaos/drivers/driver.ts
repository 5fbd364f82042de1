import type { ProcessRef } from '../../model/event.ts'
import type { Injection } from '../../model/fault.ts'
import type { ProxySpec, Readiness } from '../../model/system.ts'
import type { MeshSession } from './kube/session.ts'
import type { Evidence } from './wait.ts'

/** What drivers know and may use of the running environment; `run/` provides it. */
export interface DriverContext {
  /** The process that plays an instance now; null when it is down. */
  process: (instance: string) => ProcessRef | null
  readiness: (instance: string) => Readiness
  /** Keep an instance down after it ends, and let it start again. */
  hold: (instance: string) => void
  release: (instance: string) => void | Promise<void>
  proxyApiUrl: string
  /** False when the Toxiproxy server has ended. */
  proxyServerRuns: () => boolean
  proxy: (name: string) => ProxySpec
  /** CPUs an instance may use, as `taskset -c` takes them; null = all. */
  cpus: (instance: string) => string | null
  /** The container that plays an instance. */
  container: (instance: string) => ContainerControl
  /** Starts a helper process of this run (stress); the ledger knows of it before it does harm. */
  startHelper: (name: string, argv: string[]) => ProcessRef
  /** Ends a helper and everything below it. */
  stopHelper: (helper: ProcessRef) => void
  /** Environment of runbook steps: the user's own. */
  commandEnv: Record<string, string | undefined>
  /** The same for probes. They leave nothing running on purpose, so what is left of one is ended by the run's mark. */
  probeEnv: Record<string, string | undefined>
  /** Told of a step of a runbook that has begun (`inject`, `undo`); what it returns is told of its end. */
  commandRuns?: (step: string, pid: number) => (exitCode: number | null) => void
  /** The run in its cluster. */
  mesh: () => MeshSession
}

/** Between these moments of this machine's clock it happened, where that is known better than from the call alone. */
export interface EdgeTimes {
  calledAtMs: number
  repliedAtMs: number
}

/** What an engine says of a container. */
export interface ContainerState {
  running: boolean
  paused: boolean
  /** Unix ms by the engine's clock; tells one start from the next. */
  startedAtMs: number
  /** It is on the network of the run. */
  connected: boolean
  /** Limits as the engine keeps them; null = none. */
  cpus: number | null
  memoryBytes: number | null
}

/** What the kernel says of a running container, by the engine. */
export interface ContainerUsage {
  cpuSeconds: number
  /** Without the page cache that can be given back at once. */
  memoryBytes: number
  memoryLimitBytes: number
  /** Scheduler periods under a CPU limit so far, and in how many of them the container had to wait. */
  cpuPeriods: number
  cpuPeriodsThrottled: number
}

/** The calls to an engine that faults need; each returns when the engine has done it. */
export interface ContainerControl {
  /** As `docker` lists it. */
  name: string
  state: () => Promise<ContainerState>
  usage: () => Promise<ContainerUsage>
  kill: () => Promise<void>
  pause: () => Promise<void>
  unpause: () => Promise<void>
  disconnect: () => Promise<void>
  /** Back on the network with the address it had, so that open connections go on. */
  connect: () => Promise<void>
  /** null = no limit, or the one that it began with. */
  limitCpus: (cpus: number | null) => Promise<void>
  limitMemory: (bytes: number | null) => Promise<void>
}

/**
 * One injection being carried out. The host (`run/faults.ts`) calls inject, confirmActive, and later
 * undo and confirmRemoved, each under a deadline; `undo` is safe to call twice, and after an inject
 * that failed halfway.
 */
export interface ActiveInjection {
  /** Looks at the target before anything is done (opens the connection that must feel the fault). */
  prepare?: () => Promise<void>
  /** Stops waiting when the signal aborts. */
  inject: (signal?: AbortSignal) => Promise<void>
  /** Stops looking when the signal aborts. */
  confirmActive: (signal?: AbortSignal) => Promise<Evidence>
  /**
   * Asked every second or so while the fault is held, and before its undo: whether it is still there, without
   * disturbing it. Null: cannot be told now. Absent for one-shots.
   */
  stillActive?: (signal: AbortSignal) => Promise<Evidence | null> | Evidence | null
  /** Absent for one-shots. */
  undo?: () => Promise<void>
  confirmRemoved?: () => Promise<Evidence>
  /** The edges, where the driver knows them better than from the time around its calls. */
  edges?: () => { injected: EdgeTimes | null; removed: EdgeTimes | null }
  /** Time that undo and confirmRemoved may take together, where that is more than usual. */
  removalMs?: number
  /** Processes it is about to touch, for the ledger. */
  touches: () => ProcessRef[]
  /** Commands with which a person can check by hand that the fault is gone. */
  checkBy: string[]
}

export type Driver<I extends Injection = Injection> = (injection: I, context: DriverContext) => ActiveInjection
