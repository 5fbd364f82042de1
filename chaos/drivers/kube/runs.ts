import { messageOf } from '../../../model/errors.ts'
import { experimentKinds } from '../../mesh/experiment.ts'
import { lookUntil } from '../wait.ts'
import { hasStatus } from './api.ts'
import { type Cluster, clusterError } from './connect.ts'
import { configMapPath, experimentPath, kubectl, ownerName, resourceWord, runLabel } from './names.ts'
import { undoObject } from './objects/change.ts'
import { isObjectKind, type ObjectRef, objectKinds, objectPath } from './objects/object.ts'
import { removalDeadlineMs, removeExperiment } from './removal.ts'

/** A run that has left its ConfigMap in the namespace. */
export interface RunInCluster {
  /** As its label says it. */
  run: string
  runId: string
  kinds: string[]
  /** Machine that it was started on. */
  host: string
}

interface ConfigMaps {
  items: {
    metadata: { labels?: Record<string, string> }
    data?: { run?: string; kinds?: string; host?: string }
  }[]
}

/** Runs whose ConfigMap is in the namespace. @throws HoldfastError when they can't be listed. */
export const listRuns = async (cluster: Cluster): Promise<RunInCluster[]> => {
  try {
    const { items } = await cluster.api.get<ConfigMaps>(configMapPath(cluster.ref.namespace), {
      labelSelector: runLabel,
    })
    return items.map(({ metadata, data }) => ({
      run: metadata.labels?.[runLabel] ?? '',
      runId: data?.run ?? '',
      kinds: (data?.kinds ?? '').split(' ').filter((kind) => kind !== ''),
      host: data?.host ?? '',
    }))
  } catch (cause) {
    throw clusterError(`the runs in the namespace ${cluster.ref.namespace} can't be listed`, cluster, cause)
  }
}

/** What was removed, in words; `failed` is what a person must look at. */
export interface RunRemoval {
  done: string[]
  failed: string[]
}

/** Every kind of object that a run may have created or changed. */
const allKinds: readonly string[] = [...experimentKinds, ...objectKinds]

/**
 * Removes everything of a run from the cluster: its faults, what it has changed, then the ConfigMap of the run. Works
 * by label, from any machine, and may be done twice. Never throws.
 * @param kinds that it may have created or changed; every kind unless it is known
 */
export const removeRun = async (
  cluster: Cluster,
  run: string,
  kinds: readonly string[] = allKinds,
  deadlineMs = removalDeadlineMs,
): Promise<RunRemoval> => {
  const result: RunRemoval = { done: [], failed: [] }
  const found = await Promise.all(kinds.map((kind) => findOf(cluster, run, kind, deadlineMs)))
  const forbidden = found.flatMap(({ kind, error }) => (hasStatus(error, 403) ? [kind] : []))
  for (const { kind, error } of found) {
    // Where kinds are only guessed, one that is not installed, or that not everybody may see, is no failure.
    const isGuess = kinds === allKinds && forbidden.length < kinds.length
    if (error === null || (isGuess && (hasStatus(error, 403) || hasStatus(error, 404)))) continue
    result.failed.push(`${kind} can't be listed and may be left: ${messageOf(error).split('\n')[0]}`)
  }
  if (forbidden.length > 0 && result.failed.length === 0)
    result.done.push(`not looked for, since these credentials may not list them: ${forbidden.join(', ')}`)
  const gone = await Promise.all(
    found.flatMap(({ kind, names }) =>
      names.map((name) =>
        isObjectKind(kind)
          ? takeBack(cluster, run, { kind, name }, deadlineMs, result)
          : removeFault(cluster, { kind, name }, deadlineMs, result),
      ),
    ),
  )
  // It says what there may be: it stays as long as something does.
  if (gone.includes(false)) return result
  const path = configMapPath(cluster.ref.namespace, ownerName(run))
  const removed = await lookUntil(
    async () => {
      try {
        await cluster.api.call('DELETE', path)
        result.done.push(`removed ConfigMap ${ownerName(run)}`)
        return { ok: true, text: '' }
      } catch (error) {
        return { ok: hasStatus(error, 404), text: messageOf(error).split('\n')[0] ?? '' }
      }
    },
    { deadlineMs, everyMs: 250 },
  )
  if (!removed.ok) result.failed.push(`the ConfigMap ${ownerName(run)} could not be deleted: ${removed.text}`)
  return result
}

/** What has to be said where a finalizer was dropped. */
export const forcedText = (what: string, why: string, command?: string): string =>
  `${what}: its finalizer was dropped, and nothing proves that the fault is gone: ${why}; replace the pods that it had hit${command === undefined ? '' : ` (${command})`}`

interface Found {
  kind: string
  names: string[]
  /** Why they can't be listed; null when they were. */
  error: unknown
}

/** Asks again while an API server is away: a watchdog has this one chance. */
const findOf = async (cluster: Cluster, run: string, kind: string, deadlineMs: number): Promise<Found> => {
  const { namespace } = cluster.ref
  let found: Found = { kind, names: [], error: null }
  await lookUntil(
    async () => {
      try {
        const query = { labelSelector: `${runLabel}=${run}` }
        const path = isObjectKind(kind) ? objectPath(namespace, kind) : experimentPath(namespace, kind)
        const { items } = await cluster.api.get<{ items: { metadata: { name: string } }[] }>(path, query)
        found = { kind, names: items.map(({ metadata }) => metadata.name), error: null }
        return { ok: true, text: '' }
      } catch (error) {
        found = { kind, names: [], error }
        return { ok: hasStatus(error, 401) || hasStatus(error, 403) || hasStatus(error, 404), text: '' }
      }
    },
    { deadlineMs, everyMs: 250 },
  )
  return found
}

/** @returns false when it is still there */
const removeFault = async (
  cluster: Cluster,
  { kind, name }: { kind: string; name: string },
  deadlineMs: number,
  result: RunRemoval,
): Promise<boolean> => {
  const removal = await removeExperiment(cluster, { namespace: cluster.ref.namespace, kind, name }, deadlineMs)
  const checkBy = kubectl(cluster.ref, `get ${resourceWord(kind)} ${name}`)
  if (!removal.gone) result.failed.push(`${kind} ${name} is still there: ${removal.why}; check with: ${checkBy}`)
  else if (removal.forced) result.failed.push(forcedText(`${kind} ${name}`, removal.why))
  else result.done.push(`removed ${kind} ${name}`)
  return removal.gone
}

/** @returns false when it is still as the run has changed it */
const takeBack = async (
  cluster: Cluster,
  run: string,
  object: ObjectRef,
  deadlineMs: number,
  result: RunRemoval,
): Promise<boolean> => {
  const { ok, text } = await undoObject(cluster, object, run, deadlineMs)
  const told = ok ? result.done : result.failed
  told.push(text)
  return ok
}
