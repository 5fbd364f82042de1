import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import type { ProfileName } from '../model/profile.ts'
import { type Environment, type System, startedByUs } from '../model/system.ts'
import type { PlanOptions } from './options.ts'

/** @throws HoldfastError for a game day that is for other environments. */
export const checkPlaceOf = ({ environments }: GameDay, environment: Environment, file: string): void => {
  if (environments === undefined || environments.includes(environment)) return
  throw new HoldfastError(`${file}: is for ${environments.join(' and ')}, not for ${environment}`, {
    hint: `Use --env ${environments[0]}.`,
  })
}

/** Whether any of the load is the documented one, which nobody else's deployment gets unasked. */
export const usesFull = ({ load }: GameDay, profile: ProfileName): boolean =>
  load.some((entry) => (entry.profile ?? profile) === 'full')

/** @throws HoldfastError where the system, or what the user gave, does not go with the environment. */
export const checkEnvironment = (system: System, options: PlanOptions, full: boolean, file: string): void => {
  const { environment, baseUrl } = options
  if (startedByUs(environment)) {
    if (system[environment]) return
    throw new HoldfastError(`${file}: ${system.name} does not exist in the environment ${environment}`, {
      hint: 'Use --env external.',
    })
  }
  if (environment === 'kubernetes') {
    if (!system.kubernetes || !options.cluster) {
      throw new HoldfastError(`${file}: ${system.name} does not exist in the environment kubernetes`, {
        hint: 'Say in the system how its pods are found (`kubernetes`), or use --env external.',
      })
    }
    if (baseUrl === undefined && !system.kubernetes.forward) {
      throw new HoldfastError(`the environment kubernetes needs --base-url: ${system.name} names no Service`, {
        hint: 'Give the address of its ingress, or of a `kubectl port-forward`.',
      })
    }
  }
  if (environment === 'external' || baseUrl !== undefined) checkBaseUrl(environment, baseUrl)
  const where = baseUrl === undefined ? `the cluster ${options.cluster?.ref.server}` : new URL(baseUrl).host
  if (full && !options.allowFull) {
    throw new HoldfastError(`${file}: the profile full sends the documented load to ${where}`, {
      hint: 'Add --allow-full if that is wanted, or use --profile short.',
    })
  }
  system.externalEnv?.(options.userEnv)
}

const checkBaseUrl = (environment: Environment, baseUrl: string | undefined): void => {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new HoldfastError(
      baseUrl === undefined
        ? `the environment ${environment} needs --base-url`
        : `--base-url "${baseUrl}" is not an http or https address`,
      { hint: 'For instance: --base-url https://staging.example.com' },
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new HoldfastError('--base-url holds a user name or a password, which would go into the record', {
      hint: 'Give the address without them.',
    })
  }
}
