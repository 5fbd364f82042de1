import { describe, expect, it } from 'vitest'
import { experimentKinds } from '../../mesh/experiment.ts'
import { ApiError, type KubeApi, type Method } from './api.ts'
import type { Cluster } from './connect.ts'
import { objectKinds } from './objects/object.ts'
import { removeRun } from './runs.ts'

const status = (code: number) => new ApiError(code, '', `status ${code}`)

/** A cluster in which a PodChaos of the run is left; `listing` may throw for a kind. */
const clusterOf = (listing: (plural: string, asked: number) => void) => {
  const left = new Set(['podchaos/a', 'configmaps/holdfast-r'])
  let asked = 0
  const get = async (path: string) => {
    const plural = path.split('/').at(-1) ?? ''
    listing(plural, ++asked)
    return { items: left.has(`${plural}/a`) ? [{ metadata: { name: 'a' } }] : [] }
  }
  const call = async (_method: Method, path: string) => {
    if (!left.delete(path.split('/').slice(-2).join('/'))) throw status(404)
    return { body: {} }
  }
  const api = { get, call } as unknown as KubeApi
  const ref = { context: 'c', kubeconfig: [], namespace: 'shop', server: 'https://localhost' }
  return { left, cluster: { ref, api } as Cluster }
}
const isOther = (plural: string) => plural !== 'podchaos'
const allKinds = [...experimentKinds, ...objectKinds]
const others = allKinds.filter((kind) => kind !== 'PodChaos')

describe('what is left of a run', () => {
  it('is removed, the ConfigMap last', async () => {
    const { left, cluster } = clusterOf(() => {})
    expect(await removeRun(cluster, 'r')).toEqual({
      done: ['removed PodChaos a', 'removed ConfigMap holdfast-r'],
      failed: [],
    })
    expect(left.size).toBe(0)
  })

  it('stays noted in the ConfigMap while an object is as the run has changed it', async () => {
    const { left, cluster } = clusterOf(() => {})
    const marked = { labels: { 'holdfast.dev/run': 'r' }, annotations: {} }
    const { get } = cluster.api
    cluster.api.get = async <T>(path: string) =>
      (path.endsWith('/deployments')
        ? { items: [{ metadata: { name: 'web' } }] }
        : path.endsWith('/deployments/web')
          ? { metadata: { name: 'web', resourceVersion: '1', ...marked }, spec: {} }
          : await get.call(cluster.api, path)) as T
    const { done, failed } = await removeRun(cluster, 'r', ['PodChaos', 'Deployment'])
    expect(done).toEqual(['removed PodChaos a'])
    expect(failed).toEqual([expect.stringContaining('Deployment web is left as it is: nothing tells what was there')])
    expect([...left]).toEqual(['configmaps/holdfast-r'])
  })

  it('is removed when the API server was away for a moment', async () => {
    const { left, cluster } = clusterOf((_plural, asked) => {
      if (asked <= 2) throw new Error('connection refused')
    })
    expect(await removeRun(cluster, 'r', ['PodChaos'])).toMatchObject({ failed: [] })
    expect(left.size).toBe(0)
  })

  it('of kinds that are not installed is nothing', async () => {
    const { cluster } = clusterOf((plural) => {
      if (isOther(plural)) throw status(404)
    })
    expect((await removeRun(cluster, 'r')).done).toEqual(['removed PodChaos a', 'removed ConfigMap holdfast-r'])
  })

  it('of kinds that these credentials may not see is not said to be gone', async () => {
    const { cluster } = clusterOf((plural) => {
      if (isOther(plural)) throw status(403)
    })
    const { done, failed } = await removeRun(cluster, 'r')
    expect(failed).toEqual([])
    expect(done).toContain(`not looked for, since these credentials may not list them: ${others.join(', ')}`)
  })

  it('is a failure where nothing may be seen, or not what the run is known to have created', async () => {
    const { cluster } = clusterOf(() => {
      throw status(403)
    })
    expect((await removeRun(cluster, 'r')).failed).toHaveLength(allKinds.length)
    expect((await removeRun(cluster, 'r', ['PodChaos'])).failed).toEqual([
      "PodChaos can't be listed and may be left: status 403",
    ])
  })
})
