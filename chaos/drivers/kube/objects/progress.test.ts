import { describe, expect, it } from 'vitest'
import type { ClusterObject } from './object.ts'
import { rolledBack, rolledOut, rollsOut, scaled } from './progress.ts'

const object = (status: ClusterObject['status'], replicas = 3): ClusterObject => ({
  metadata: { name: 'api', resourceVersion: '1', generation: 7 },
  spec: { replicas },
  ...(status && { status: { observedGeneration: 7, ...status } }),
})

describe('what a controller says', () => {
  it('of an older generation is said of what was there before', () => {
    const old = object({
      observedGeneration: 6,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    })
    for (const read of [rolledOut, rollsOut, rolledBack, (one: ClusterObject) => scaled(one, { ready: true })]) {
      expect(read(old)).toEqual({ ok: false, text: 'its controller has not seen the change' })
      expect(read(object(undefined)).ok).toBe(false)
    }
  })

  it.each([
    ['fewer, not yet', { replicas: 5 }, false, false],
    ['fewer, ready or not', { replicas: 3, readyReplicas: 1 }, false, true],
    ['more, not ready', { replicas: 3, readyReplicas: 2 }, true, false],
    ['more', { replicas: 3, readyReplicas: 3 }, true, true],
  ])('replicas: %s', (_name, status, ready, ok) => {
    expect(scaled(object(status), { ready }).ok).toBe(ok)
  })

  it('no replicas are none', () => {
    expect(scaled(object({}, 0), { ready: true })).toEqual({ ok: true, text: '0 of 0 replicas, 0 ready' })
  })

  it.each([
    ['has not begun', { replicas: 3, availableReplicas: 3 }, [false, false, false]],
    ['one pod, not ready', { replicas: 4, updatedReplicas: 1, availableReplicas: 3 }, [false, true, false]],
    ['old pods are left', { replicas: 4, updatedReplicas: 3, availableReplicas: 4 }, [false, true, false]],
    ['new ones are not available', { replicas: 3, updatedReplicas: 3, availableReplicas: 2 }, [false, true, true]],
    ['is done', { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }, [true, true, true]],
  ])('a rollout: %s', (_name, status, expected) => {
    const seen = object(status)
    expect([rolledOut(seen).ok, rollsOut(seen).ok, rolledBack(seen).ok]).toEqual(expected)
  })

  it('a rollout that is stuck says so', () => {
    const message = 'ReplicaSet "api-1" has timed out progressing.'
    const conditions = [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded', message }]
    const { ok, text } = rolledOut(object({ replicas: 4, updatedReplicas: 1, availableReplicas: 3, conditions }))
    expect({ ok, text }).toEqual({ ok: false, text: `1 of 3 replicas updated, 3 available (${message})` })
  })
})
