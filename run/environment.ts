import type { Tools } from '../build/toolchain.ts'
import type { DriverContext } from '../chaos/drivers/driver.ts'
import type { Cluster } from '../chaos/drivers/kube/connect.ts'
import type { NamespaceLock } from '../chaos/drivers/kube/lock.ts'
import { HoldfastError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { System } from '../model/system.ts'
import type { CpuShares } from './cpus.ts'
import { marked } from './mark.ts'
import type { Ledger } from './record.ts'
import type { Sampled } from './sampler.ts'
import type { Supervisor } from './supervisor.ts'
import type { UndoStack } from './undo.ts'

/** What an environment gets to bring a system up. */
export interface StartOptions {
  system: System
  plan: Plan
  projectDir: string
  recordDir: string
  tools: Tools
  cpus: CpuShares
  supervisor: Supervisor
  ledger: Ledger
  /** What an environment starts registers its end here first. */
  undo: UndoStack
  signal: AbortSignal
  baseUrl: string | null
  /** Where a run in `kubernetes` happens; null in the others. */
  cluster: Cluster | null
  namespaceLock: NamespaceLock | null
  userEnv: Record<string, string | undefined>
  /** Of runbook steps. */
  commandEnv: Record<string, string | undefined>
}

/** A system that is up, however it came to be: what the rest of a run needs of it. */
export interface RunningSystem {
  /** What k6 drives. */
  baseUrl: string
  /** Past the proxies, for the audit. */
  auditUrl: string
  /** Scenario variables, secrets included. */
  scenarioEnv: Record<string, string>
  drivers: DriverContext
  sampled: Sampled[]
  /** Replaces secrets in text that goes into the record. */
  redact: (text: string) => string
  /** A free loopback port for k6's own API. */
  apiPort: number
}

/** Drivers of an environment in which nothing but runbook steps is possible; others put theirs over it. */
export const commandsOnly = (
  environment: string,
  runId: string,
  commandEnv: Record<string, string | undefined>,
): DriverContext => {
  const impossible = (): never => {
    throw new HoldfastError(`this fault does not exist in the environment ${environment}`)
  }
  return {
    process: impossible,
    readiness: impossible,
    hold: impossible,
    release: impossible,
    proxyApiUrl: '',
    proxyServerRuns: () => false,
    proxy: impossible,
    cpus: impossible,
    container: impossible,
    startHelper: impossible,
    stopHelper: impossible,
    commandEnv,
    probeEnv: marked(commandEnv, runId),
    mesh: impossible,
  }
}
