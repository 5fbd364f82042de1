import type Dockerode from 'dockerode'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import { within } from './within.ts'

/** A container engine that answers. */
export interface Engine {
  docker: Dockerode
  /** Tells it from another one that a later `cleanup` might be pointed at. */
  id: string
}

/** On every container and network of a run; the value is its mark (`runMark`). */
export const runLabel = 'holdfast.run'
/** On every container: the instance that it plays. */
export const instanceLabel = 'holdfast.instance'

/**
 * Loaded only where containers are wanted: it is large. Its reaper is switched off unless the user switches it on:
 * our watchdog does the same without a further image and without the engine's socket in a container.
 */
export const loadTestcontainers = async () => {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'
  return await import('testcontainers')
}

/** One that is well answers in milliseconds; one that has just been started, or on a machine that is busy, in seconds. */
const answerDeadlineMs = 20_000

/**
 * The engine that testcontainers finds: DOCKER_HOST, the current context, the usual sockets.
 * @throws HoldfastError where none answers, where DOCKER_HOST names one that does not, and for one on another machine.
 */
export const connectEngine = async (): Promise<Engine> => {
  const named = process.env.DOCKER_HOST
  const where = named ? `at DOCKER_HOST=${named}` : 'here'
  try {
    const { getContainerRuntimeClient } = await loadTestcontainers()
    const { container } = await within(AbortSignal.timeout(answerDeadlineMs), getContainerRuntimeClient())
    const docker = container.dockerode
    refuseRemote(docker)
    // testcontainers looks on where the named one does not answer; nothing may happen to one that nobody named.
    if (named && !isAt(docker, named)) throw new Error('nothing answers there')
    const { ID: id } = (await docker.info()) as { ID: string }
    return { docker, id }
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError'
    const why = timedOut ? `no answer within ${answerDeadlineMs / 1000} s` : messageOf(cause)
    throw new HoldfastError(`no Docker engine answers ${where} (${why})`, {
      hint: 'Start Docker (`docker info` says what is wrong), or use --env local, which needs none.',
      cause,
    })
  }
}

const refuseRemote = (docker: Dockerode): void => {
  const { host } = addressOf(docker)
  if (host === undefined || ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host)) return
  throw new HoldfastError(`the Docker engine is on another machine (${host}), and ports are published on 127.0.0.1`, {
    hint: 'Run Holdfast on the machine of the engine, or use --env local.',
  })
}

const addressOf = ({ modem }: Dockerode) => modem as { host?: string; socketPath?: string }

const isAt = (docker: Dockerode, named: string): boolean => {
  const { socketPath } = addressOf(docker)
  return !named.startsWith('unix://') || named === `unix://${socketPath}`
}

/** True for the engine's answer that a thing is not there (any more), or is being removed already. */
export const isGone = (error: unknown): boolean =>
  [404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)

/** True when the engine has an image of that name. */
export const isThere = async (docker: Engine['docker'], image: string): Promise<boolean> => {
  try {
    await docker.getImage(image).inspect()
    return true
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false
    throw error
  }
}
