import type Dockerode from 'dockerode'
import { HoldfastError, messageOf } from '../../model/errors.ts'

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

/**
 * The engine that testcontainers finds: DOCKER_HOST, the current context, the usual sockets.
 * @throws HoldfastError where none answers.
 */
export const connectEngine = async (): Promise<Engine> => {
  const { getContainerRuntimeClient } = await loadTestcontainers()
  try {
    const { dockerode } = (await getContainerRuntimeClient()).container
    return { docker: dockerode, id: ((await dockerode.info()) as { ID: string }).ID }
  } catch (cause) {
    throw new HoldfastError(`no Docker engine answers here (${messageOf(cause)})`, {
      hint: 'Start Docker (`docker info` says what is wrong), or use --env local, which needs none.',
      cause,
    })
  }
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
