import { messageOf } from '../../../model/errors.ts'
import { lookUntil } from '../wait.ts'
import { hasStatus } from './api.ts'
import type { Cluster } from './connect.ts'
import { experimentPath } from './names.ts'

/** Removal by Chaos Mesh; a real one takes well under a second, and a daemon that is restarted some more. */
export const removalDeadlineMs = 20_000
/** From the order to drop a stuck finalizer to the object's end; each of the two ways to order it has this time. */
const forcedDeadlineMs = 4_000

const forcedAnnotation = 'chaos-mesh.chaos-mesh.org/cleanFinalizer'

/** How a resource came to its end. */
export type Removal =
  | { gone: true; forced: false }
  /** Its finalizer was dropped: nothing proves that its rules went with it. */
  | { gone: true; forced: true; why: string }
  | { gone: false; why: string }

/**
 * Deletes an experiment and waits until Chaos Mesh has removed the fault and let the object go. When it does not, its
 * finalizer is dropped, which removes the object and proves nothing: whoever asked must say so. Never throws.
 */
export const removeExperiment = async (
  cluster: Cluster,
  { namespace, kind, name }: { namespace: string; kind: string; name: string },
  deadlineMs = removalDeadlineMs,
): Promise<Removal> => {
  const path = experimentPath(namespace, kind, name)
  const removed = await gone(cluster, path, deadlineMs)
  if (removed.ok) return { gone: true, forced: false }
  const why = `Chaos Mesh did not remove it in ${deadlineMs / 1000} s (${removed.text})`
  // Chaos Mesh's own way first; where its work on the fault goes on failing, it never looks at that.
  for (const metadata of [{ annotations: { [forcedAnnotation]: 'forced' } }, { finalizers: [] }]) {
    try {
      await cluster.api.call('PATCH', path, { body: { metadata } })
    } catch (error) {
      if (hasStatus(error, 404)) return { gone: true, forced: true, why }
      return { gone: false, why: `${why}, and its finalizer could not be dropped (${messageOf(error).split('\n')[0]})` }
    }
    if ((await gone(cluster, path, forcedDeadlineMs)).ok) return { gone: true, forced: true, why }
  }
  return { gone: false, why: `${why}, nor when its finalizer was dropped` }
}

/** Deletes again until it is gone: an API server that is away for a moment is no reason to leave a fault. */
const gone = (cluster: Cluster, path: string, deadlineMs: number) =>
  lookUntil(
    async () => {
      try {
        await cluster.api.call('DELETE', path)
        return { ok: false, text: 'its finalizer stays' }
      } catch (error) {
        return { ok: hasStatus(error, 404), text: messageOf(error).split('\n')[0] ?? '' }
      }
    },
    { deadlineMs, everyMs: 100 },
  )
