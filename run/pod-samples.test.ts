import { describe, expect, it } from 'vitest'
import type { Pod } from '../model/cluster.ts'
import { podNamed } from '../test/fixtures/pod.ts'
import { sampledPods } from './pod-samples.ts'

const pod = (app: string, uid: string, more: Partial<Pod> = {}) => podNamed(uid, { app }, more)

/** What each component's samples are, one look after the other. */
const looks = async (...there: Pod[][]) => {
  const lists = [...there]
  const sampled = sampledPods({ api: { app: 'api' }, worker: { app: 'worker' } }, async () => lists.shift() ?? [])
  const values = []
  for (const _ of there) values.push(await Promise.all(sampled.map(({ usage }) => usage?.())))
  return { values, unread: lists.length }
}

describe('samples of pods', () => {
  it('count ready pods that are not on their way out, per component, from one list', async () => {
    const { values, unread } = await looks(
      [pod('api', 'a'), pod('api', 'b', { ready: false }), pod('api', 'c', { ending: true }), pod('other', 'o')],
      [pod('api', 'a'), pod('worker', 'w')],
    )
    expect(values).toEqual([
      [
        { ready_replicas: 1, restarts: 0 },
        { ready_replicas: 0, restarts: 0 },
      ],
      [
        { ready_replicas: 1, restarts: 0 },
        { ready_replicas: 1, restarts: 0 },
      ],
    ])
    expect(unread).toBe(0)
  })

  it('count restarts since the first look; a pod that goes does not take its own along', async () => {
    const { values } = await looks(
      [pod('api', 'a', { restarts: 7 })],
      [pod('api', 'a', { restarts: 8 }), pod('api', 'b', { restarts: 2 })],
      [pod('api', 'b', { restarts: 3 })],
    )
    expect(values.map(([api]) => api?.restarts)).toEqual([0, 3, 4])
  })

  it('are missing while the cluster does not answer, and there again after it', async () => {
    let isAway = true
    const [api] = sampledPods({ api: {} }, async () => {
      if (isAway) throw new Error('away')
      return [pod('api', 'a')]
    })
    await expect(api?.usage?.()).rejects.toThrow('away')
    isAway = false
    expect(await api?.usage?.()).toEqual({ ready_replicas: 1, restarts: 0 })
  })
})
