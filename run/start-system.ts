import { HoldfastError } from '../model/errors.ts'
import { startContainers } from './containers.ts'
import type { RunningSystem, StartOptions } from './environment.ts'
import { useExternal } from './external.ts'
import { useKubernetes } from './kubernetes.ts'
import { startLocal } from './local.ts'

/** Brings the system up, or finds it, in the environment that the plan names. */
export const startSystem = (options: StartOptions): Promise<RunningSystem> => {
  const { environment } = options.plan
  switch (environment) {
    case 'local':
      return startLocal(options)
    case 'containers':
      return startContainers(options)
    case 'kubernetes':
      return useKubernetes(options)
    case 'external':
      return useExternal(options)
    default:
      throw new HoldfastError(`the environment ${environment} does not exist yet`)
  }
}
