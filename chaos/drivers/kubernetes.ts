import type { Injection } from '../../model/fault.ts'
import type { ActiveInjection, Driver } from './driver.ts'
import { hasStatus } from './kube/api.ts'
import { kubectl } from './kube/names.ts'
import { type Change, changeDeadlineMs, changeObject, objectOf, undoObject } from './kube/objects/change.ts'
import { drainNode } from './kube/objects/drain.ts'
import { type ObjectRef, objectText, objectWord } from './kube/objects/object.ts'
import { changeWorkload } from './kube/objects/workload.ts'
import { type Evidence, lookUntil } from './wait.ts'

/** For the calls around the looking. */
const callsMs = 5_000

/**
 * A change of an object of the cluster: made in one step with the note of what was there before, shown by what its
 * controller says of it, and taken back by that note.
 */
export const kubernetesDriver: Driver<Extract<Injection, { driver: 'kubernetes' }>> = (
  injection,
  context,
): ActiveInjection => {
  const { cluster, run } = context.mesh()
  const { timeoutMs } = injection
  const object = objectOf(injection)
  const change = injection.action === 'drain' ? drainNode(cluster, injection) : changeWorkload(cluster, injection)
  const until = (look: () => Promise<Evidence>, signal?: AbortSignal) =>
    lookUntil(patient(look), { deadlineMs: timeoutMs, everyMs: 200, signal })
  let undone: Evidence = { ok: false, text: 'it was not undone' }
  return {
    inject: async (signal) => {
      const { before } = await changeObject(cluster, injection, run)
      await change.begin(before, signal)
    },
    confirmActive: (signal) => until(() => change.active(), signal),
    // A restart is over when it is done.
    ...(injection.action === 'restart'
      ? {}
      : {
          stillActive: () => lasts(change, object),
          undo: async () => {
            undone = await undoObject(cluster, object, run)
          },
          confirmRemoved: async () => {
            if (!undone.ok) return undone
            const { ok, text } = await until(() => change.removed())
            return { ok, text: `${undone.text}; ${text}` }
          },
        }),
    removalMs: changeDeadlineMs + timeoutMs + callsMs,
    touches: () => [],
    checkBy: [kubectl(cluster.ref, `get ${objectWord(object)} -o yaml`)],
  }
}

/** What somebody has deleted is not as it was set. @throws where the API server gives no answer */
const lasts = async (change: Change, object: ObjectRef): Promise<Evidence> => {
  try {
    return await change.lasts()
  } catch (error) {
    if (hasStatus(error, 404)) return { ok: false, text: `${objectText(object)} is not there any more` }
    throw error
  }
}

/** An API server that is away for a moment is no evidence. */
const patient = (look: () => Promise<Evidence>) => async (): Promise<Evidence> => {
  try {
    return await look()
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) }
  }
}
