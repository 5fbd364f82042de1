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
  | { driver: 'command'; inject: CommandLine; probe: CommandLine; undo: CommandLine }

/** One kind of fault: its parameters are checked by a schema of its own. */
export interface FaultKind<F extends FaultBase> {
  kind: F['kind']
  /** One line for `--help` and docs. */
  summary: string
  /** A one-shot has no removal: recovery counts from its impact. */
  oneShot: boolean
  environments: readonly Environment[]
  /** Throws HoldfastError with place and hint when the value is no such fault. */
  parse: (value: unknown, place: string) => F
  label: (fault: F) => string
  target: (fault: F, resolve: TargetResolver) => Target
  /** What it becomes on one machine; absent where the kind does not exist there. */
  local?: (fault: F, target: Target) => Injection[]
}

/** Looks names up in the system; throws HoldfastError that lists the names there are. */
export interface TargetResolver {
  /** Instances of a component (`worker`) or the one instance (`worker-1`). */
  instances: (name: string, place: string) => string[]
  /** Proxy names of a link. */
  link: (from: string, to: string, place: string) => string[]
}
