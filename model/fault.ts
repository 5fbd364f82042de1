import type { WorkloadRef } from './cluster.ts'
import type { Duration } from './duration.ts'
import type { Environment } from './system.ts'

/** What every fault of a game day says; each kind adds its own parameters (`chaos/faults/<kind>.ts`). */
export interface FaultBase {
  kind: string
  /** When to inject, counted from the end of the steady state. */
  at: Duration
  /** How long to hold it; one-shot kinds have none. */
  for?: Duration | undefined
  /** Replaces the generated label in plans and reports. */
  title?: string | undefined
  /**
   * In a cluster: a program and its arguments, no shell, that ends with 0 while the target feels the fault, and with
   * another code before it and when it is gone.
   */
  probe?: string[] | undefined
}

/** What a fault aims at. */
export type Target = { kind: 'component'; instances: string[] } | { kind: 'link'; proxies: string[] } | { kind: 'none' }

/** A toxic of Toxiproxy, as its HTTP API takes it. */
export interface Toxic {
  name: string
  type: 'latency' | 'bandwidth' | 'timeout' | 'reset_peer' | 'limit_data' | 'slow_close'
  stream: 'upstream' | 'downstream'
  attributes: Record<string, number>
}

/** One command line of a runbook step, run without a shell. */
export interface CommandLine {
  argv: string[]
  timeoutMs: number
}

/** A custom resource of Chaos Mesh that has no name yet; `chaos/crds` types the spec of every kind in full. */
export interface ChaosMeshResource {
  kind: string
  spec: object
}

/**
 * What a fault becomes: plain data that a driver carries out and that the ledger holds, so that a
 * watchdog or `cleanup` can undo it without the game day. One member per driver.
 */
export type Injection =
  | { driver: 'none' }
  /** kill: SIGKILL once (the supervisor restarts it); hold: kill and keep down; freeze: SIGSTOP. */
  | { driver: 'process'; action: 'kill' | 'hold' | 'freeze'; instance: string }
  | { driver: 'proxy'; proxy: string; toxics: Toxic[] }
  /** Stress on the CPUs or in the memory of an instance, ended by its own deadline too. */
  | { driver: 'stress'; resource: 'cpu'; instance: string; workers: number; loadRatio: number; deadlineMs: number }
  | { driver: 'stress'; resource: 'memory'; instance: string; bytes: number; deadlineMs: number }
  /**
   * On the container of an instance. kill, hold, freeze (pause) as `process`; isolate: its network is taken
   * from it; cpu, memory: its limits are lowered.
   */
  | { driver: 'docker'; action: 'kill' | 'hold' | 'freeze' | 'isolate'; instance: string }
  | { driver: 'docker'; action: 'cpu'; instance: string; cpus: number }
  | { driver: 'docker'; action: 'memory'; instance: string; bytes: number }
  /** Without an undo it happens once, as a kill does. */
  | { driver: 'command'; inject: CommandLine; probe: CommandLine; undo?: CommandLine }
  /**
   * A resource to be created in the namespace. Its spec holds a `duration`, by which Chaos Mesh removes the fault
   * should nobody delete the resource; a one-shot has none, and is never reported as recovered. The probe tells
   * whether its target feels it.
   */
  | { driver: 'chaos-mesh'; namespace: string; kind: string; spec: object; oneShot: boolean; probe?: CommandLine }
  /** A change of an object of the cluster itself. What was there before is kept on the object. */
  | ({ driver: 'kubernetes'; namespace: string } & ClusterAction)

/** What is done to an object of the cluster; `timeoutMs` bounds each of doing, showing and undoing it. */
export type ClusterAction = { timeoutMs: number } & (
  | { action: 'scale'; workload: WorkloadRef; replicas: number }
  /** New pods from the same template, one-shot. */
  | { action: 'restart'; workload: WorkloadRef }
  /** Another image, or other variables, for one container; `completes` false: its pods need not become ready. */
  | {
      action: 'rollout'
      workload: WorkloadRef
      container: string
      image: string | null
      env: Record<string, string>
      completes: boolean
    }
  /** No new pods on the node, and those of the namespace are evicted. */
  | { action: 'drain'; node: string }
)

/** The same as a game day writes it: of a component, or of the node that one of its pods is on. */
export type WantedAction = { timeoutMs: number } & (
  | { action: 'scale'; component: string; replicas: number }
  | { action: 'restart'; component: string }
  | {
      action: 'rollout'
      component: string
      container: string | null
      image: string | null
      env: Record<string, string>
      completes: boolean
    }
  | { action: 'drain'; node: string | null; target: string | null }
)

/** Kinds of faults that act on the cluster itself. */
export const actionNames = ['scale', 'restart', 'rollout', 'drain'] as const satisfies ClusterAction['action'][]
export type ActionName = (typeof actionNames)[number]

/** One kind of fault: its parameters are checked by a schema of its own. */
export interface FaultKind<F extends FaultBase> {
  kind: F['kind']
  /** One line for `--help` and docs. */
  summary: string
  /** A one-shot has no removal: recovery counts from its impact. */
  oneShot: boolean | ((fault: F) => boolean)
  environments: readonly Environment[]
  /** Where it does not exist: what to use there instead, as a sentence. */
  instead?: Partial<Record<Environment, string>>
  /** Throws HoldfastError with place and hint when the value is no such fault. */
  parse: (value: unknown, place: string) => F
  label: (fault: F) => string
  target: (fault: F, resolve: TargetResolver) => Target
  /** What it becomes on one machine; absent where the kind does not exist there. */
  local?: (fault: F, target: Target) => Injection[]
  /** What it becomes on containers, where that differs. */
  containers?: (fault: F, target: Target) => Injection[]
  /** What it becomes in a cluster with Chaos Mesh, without `duration`; absent where the kind does not exist there. */
  chaosMesh?: (fault: F, pods: PodsOf) => ChaosMeshResource[]
  /** What it does to the cluster itself; absent where it does nothing to it. */
  kubernetes?: (fault: F) => WantedAction
}

/** Pods as Chaos Mesh selects them: all that fit, or any one of them. */
export interface PodSelection {
  mode: 'all' | 'one'
  /** Of pods that run: one that has ended keeps its labels, and takes no fault. */
  selector: { namespaces: string[]; labelSelectors: Record<string, string>; podPhaseSelectors: ['Running'] }
}

/**
 * All pods of a component (`worker`), or any one of them (`worker-1`: pods have no fixed numbers).
 * Throws HoldfastError where the system names no labels for it.
 */
export type PodsOf = (name: string) => PodSelection

/** Looks names up in the system; throws HoldfastError that lists the names there are. */
export interface TargetResolver {
  /** Instances of a component (`worker`) or the one instance (`worker-1`). */
  instances: (name: string, place: string) => string[]
  /** Proxy names of a link. */
  link: (from: string, to: string, place: string) => string[]
}
