import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../../model/errors.ts'
import type { ClusterAction } from '../../../../model/fault.ts'
import { ApiError, type Method } from '../api.ts'
import type { Cluster } from '../connect.ts'
import { changeObject, undoObject } from './change.ts'
import type { ClusterObject } from './object.ts'

const ref = { context: 'c', kubeconfig: [], namespace: 'shop', server: 'https://c' }
const workload = { kind: 'Deployment', name: 'api' } as const
const scale: ClusterAction = { action: 'scale', workload, replicas: 1, timeoutMs: 1_000 }

/** An API server with one object; before each answer it may do something else, or fail. */
const serve = (there: ClusterObject | null, before: ((object: ClusterObject) => void)[] = []) => {
  let version = 1
  const calls: string[] = []
  const call = async (method: Method, path: string, { body, query }: { body?: unknown; query?: object } = {}) => {
    calls.push(`${method} ${path}${query && 'dryRun' in query ? ' dry' : ''}`)
    if (there === null) throw new ApiError(404, 'NotFound', 'deployments.apps "api" not found')
    const patch = body as { metadata: { resourceVersion: string; labels: object; annotations: object }; spec: object }
    before.shift()?.(there)
    if (method === 'PATCH') {
      if (patch.metadata.resourceVersion !== there.metadata.resourceVersion)
        throw new ApiError(409, 'Conflict', 'the object has been modified')
      const keep = (map: object) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null))
      const changed: ClusterObject = {
        metadata: {
          name: 'api',
          resourceVersion: String(++version),
          labels: keep({ ...there.metadata.labels, ...patch.metadata.labels }),
          annotations: keep({ ...there.metadata.annotations, ...patch.metadata.annotations }),
        },
        spec: { ...there.spec, ...patch.spec },
      }
      if (query && 'dryRun' in query) return { body: changed, calledAtMs: 0, repliedAtMs: 0 }
      there = changed
    }
    return { body: structuredClone(there), calledAtMs: 0, repliedAtMs: 0 }
  }
  const api = { call, get: async (path: string) => (await call('GET', path)).body }
  const touch = (change: (object: ClusterObject) => void) => (object: ClusterObject) => {
    change(object)
    object.metadata.resourceVersion = String(++version)
  }
  return { cluster: { ref, api } as unknown as Cluster, now: () => there, calls, touch }
}

const object = (replicas: number): ClusterObject => ({
  metadata: { name: 'api', resourceVersion: '1' },
  spec: { replicas },
})
const away = () => {
  throw new Error('connect ECONNREFUSED')
}

describe('a change', () => {
  it('notes what is there at that moment, also when someone else was faster', async () => {
    const steps: ((there: ClusterObject) => void)[] = []
    const server = serve(object(3), steps)
    steps.push(
      () => {},
      server.touch((there) => {
        there.spec.replicas = 5
      }),
    )
    await changeObject(server.cluster, scale, 'run-1')
    expect(server.now()?.spec.replicas).toBe(1)
    expect(await undoObject(server.cluster, workload, 'run-1')).toEqual({
      ok: true,
      text: 'Deployment api is as it was',
    })
    expect(server.now()?.spec.replicas).toBe(5)
    expect(server.now()?.metadata).toMatchObject({ labels: {}, annotations: {} })
  })

  it('that is dry changes nothing', async () => {
    const server = serve(object(3))
    await changeObject(server.cluster, scale, 'run-1', { dryRun: true })
    expect(server.calls.at(-1)).toBe('PATCH /apis/apps/v1/namespaces/shop/deployments/api dry')
    expect(server.now()).toEqual(object(3))
  })

  it.each([
    ['what is not there', null, 'scale: the Deployment api can\'t be changed: deployments.apps "api" not found'],
    ['what is so already', object(1), 'scale: the Deployment api is so already: there is nothing to change'],
    [
      'what another run has changed',
      { ...object(3), metadata: { ...object(3).metadata, labels: { 'holdfast.dev/run': 'run-0' } } },
      'the Deployment api is still as run run-0 has changed it',
    ],
  ])('of %s is refused', async (_what, there, message) => {
    const server = serve(there)
    const change = changeObject(server.cluster, scale, 'run-1')
    await expect(change).rejects.toThrow(HoldfastError)
    await expect(change).rejects.toThrow(message)
    expect(server.calls.every((call) => call.startsWith('GET'))).toBe(true)
  })
})

describe('an undo', () => {
  const changed = async (steps: ((there: ClusterObject) => void)[]) => {
    const server = serve(object(3), [() => {}, () => {}, ...steps])
    await changeObject(server.cluster, scale, 'run-1')
    return server
  }

  it('waits for an API server that is away', async () => {
    const server = await changed([away, away])
    expect(await undoObject(server.cluster, workload, 'run-1')).toMatchObject({ ok: true })
    expect(server.now()?.spec.replicas).toBe(3)
  })

  it('says so when the API server stays away', async () => {
    const server = await changed([away])
    expect(await undoObject(server.cluster, workload, 'run-1', 0)).toEqual({
      ok: false,
      text: 'Deployment api could not be changed back: connect ECONNREFUSED',
    })
  })

  it('may be done twice, and for a run that has not changed it', async () => {
    const server = await changed([])
    for (const run of ['run-1', 'run-1', 'run-2'])
      expect(await undoObject(server.cluster, workload, run)).toMatchObject({ ok: true })
    expect(server.now()?.spec.replicas).toBe(3)
    expect(await undoObject(serve(null).cluster, workload, 'run-1')).toEqual({
      ok: true,
      text: 'Deployment api is not there any more',
    })
  })

  it('leaves what someone else has set, with the commands that settle it', async () => {
    const server = await changed([])
    const there = server.now() as ClusterObject
    there.spec.replicas = 7
    const { ok, text } = await undoObject(server.cluster, workload, 'run-1')
    expect(ok).toBe(false)
    expect(text).toBe(
      'Deployment api is left as it is: its replicas are 7; they were 3, and the run had set 1; set it right, then: ' +
        'kubectl --context c -n shop label deployment/api holdfast.dev/run- && ' +
        'kubectl --context c -n shop annotate deployment/api holdfast.dev/before-',
    )
    expect(there.metadata.labels).toEqual({ 'holdfast.dev/run': 'run-1' })
  })

  it('of a mark that tells nothing changes nothing', async () => {
    const server = await changed([])
    const there = server.now() as ClusterObject
    there.metadata.annotations = {}
    expect((await undoObject(server.cluster, workload, 'run-1')).text).toContain('nothing tells what was there before')
    expect(there.spec.replicas).toBe(1)
  })
})
