import { expect, it } from 'vitest'
import { workloadOf } from './inventory.ts'
import type { ClusterObject } from './objects/object.ts'

const object = (spec: ClusterObject['spec']): ClusterObject => ({
  metadata: { name: 'api', resourceVersion: '1' },
  spec,
})

it.each<[string, ClusterObject['spec'], number]>([
  ['the defaults, few', { replicas: 3 }, 0],
  ['the defaults, many', { replicas: 9 }, 2],
  ['numbers', { replicas: 9, strategy: { rollingUpdate: { maxUnavailable: 4, maxSurge: 0 } } }, 4],
  ['neither: one goes', { replicas: 3, strategy: { rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } } }, 1],
  ['more than there are', { replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 4 } } }, 2],
  ['Recreate', { replicas: 3, strategy: { type: 'Recreate' } }, 3],
  ['no replicas said', {}, 0],
])('a rolling update of a Deployment may take away: %s', (_name, spec, most) => {
  expect(workloadOf('Deployment', object(spec)).mostUnavailable).toBe(most)
})

it('a StatefulSet replaces one at a time, and some none', () => {
  expect(workloadOf('StatefulSet', object({ replicas: 3 })).mostUnavailable).toBe(1)
  const why = (spec: ClusterObject['spec']) => workloadOf('StatefulSet', object(spec)).notRolledOut
  expect(why({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } })).toBeNull()
  expect(why({ updateStrategy: { type: 'OnDelete' } })).toBe('its updateStrategy is OnDelete')
  expect(why({ updateStrategy: { rollingUpdate: { partition: 2 } } })).toBe('its updateStrategy has a partition')
  expect(why({ paused: true })).toBe('it is paused')
})

it('variables from elsewhere have no value', () => {
  const env = [{ name: 'A', value: '1' }, { name: 'B', valueFrom: {} }, { name: 'C' }]
  const { images, env: found } = workloadOf(
    'Deployment',
    object({ template: { spec: { containers: [{ name: 'api', image: 'api:1', env }] } } }),
  )
  expect({ images, found }).toEqual({ images: { api: 'api:1' }, found: { api: { A: '1', B: null, C: '' } } })
})
