import { commandsOnly, type RunningSystem, type StartOptions } from './environment.ts'
import { reservePorts } from './ports.ts'
import { redactor } from './secrets.ts'

/**
 * A deployment that is already there: load, and `command` faults, which need nothing of ours.
 * Secrets come from the user's environment.
 */
export const useExternal = async ({
  system,
  plan,
  baseUrl,
  userEnv,
  commandEnv,
}: StartOptions): Promise<RunningSystem> => {
  const port = await reservePorts(1)
  const scenarioEnv = system.externalEnv?.(userEnv) ?? {}
  return {
    baseUrl: baseUrl ?? '',
    auditUrl: baseUrl ?? '',
    scenarioEnv,
    drivers: commandsOnly('external', plan.runId, commandEnv),
    sampled: [],
    redact: redactor({ ...userEnv, ...scenarioEnv }, system.secretEnv),
    apiPort: port('k6-api'),
  }
}
