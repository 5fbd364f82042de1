import { lookUntil } from '../../chaos/drivers/wait.ts'
import { type Engine, isGone, runLabel } from './engine.ts'

/** Making a container goes on in the engine when whoever asked for it is dead; so none must be seen for so long. */
const quietMs = 500
const deadlineMs = 30_000

/**
 * Removes every container of a run with its volumes, and its network, by their label; safe to call twice.
 * @returns how many containers it removed.
 * @throws when something is left that the engine does not remove.
 */
export const removeContainers = async ({ docker }: Engine, mark: string): Promise<number> => {
  const filters = { label: [`${runLabel}=${mark}`] }
  const removed = new Set<string>()
  let quietSinceMs = Date.now()
  const evidence = await lookUntil(
    async () => {
      const containers = await docker.listContainers({ all: true, filters })
      for (const { Id } of containers) removed.add(Id)
      await Promise.all(containers.map(({ Id }) => gone(docker.getContainer(Id).remove({ force: true, v: true }))))
      const networks = await docker.listNetworks({ filters })
      await Promise.all(networks.map(({ Id }) => gone(docker.getNetwork(Id).remove())))
      if (containers.length + networks.length > 0) quietSinceMs = Date.now()
      const names = [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)]
      return { ok: Date.now() - quietSinceMs >= quietMs, text: names.join(' ') }
    },
    { deadlineMs, everyMs: 100 },
  )
  if (!evidence.ok) throw new Error(`Docker does not remove ${evidence.text}`)
  return removed.size
}

/** What is gone already is no error; what the engine refuses is seen by the next look. */
const gone = async (removing: Promise<unknown>): Promise<void> => {
  await removing.catch((error: unknown) => {
    if (!isGone(error) && (error as { statusCode?: number }).statusCode !== 403) throw error
  })
}

/** The commands with which a person looks for what a run left. */
export const checkContainersBy = (mark: string): string => `docker ps -a --filter label=${runLabel}=${mark}`
