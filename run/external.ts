import { HoldfastError } from '../model/errors.ts'
import type { System } from '../model/system.ts'
import { type RunningSystem, redactor } from './environment.ts'
import { reservePorts } from './ports.ts'

/**
 * A deployment that is already there: load, and `command` faults, which need nothing of ours.
 * Secrets come from the user's environment.
 */
export const useExternal = async (
  system: System,
  baseUrl: string,
  userEnv: Record<string, string | undefined>,
  commandEnv: Record<string, string | undefined>,
): Promise<RunningSystem & { apiPort: number }> => {
  const port = await reservePorts(1)
  const scenarioEnv = system.externalEnv?.(userEnv) ?? {}
  const impossible = (): never => {
    throw new HoldfastError('this fault needs processes that Holdfast started', {
      hint: 'With --env external only command faults are possible.',
    })
  }
  return {
    baseUrl,
    auditUrl: baseUrl,
    scenarioEnv,
    drivers: {
      process: impossible,
      readiness: impossible,
      hold: impossible,
      release: impossible,
      proxyApiUrl: '',
      proxyServerRuns: () => false,
      proxy: impossible,
      cpus: impossible,
      startHelper: impossible,
      stopHelper: impossible,
      commandEnv,
    },
    sampled: [],
    redact: redactor({ ...userEnv, ...scenarioEnv }, system.secretEnv),
    apiPort: port('k6-api'),
  }
}
