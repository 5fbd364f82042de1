import { describe, expect, it } from 'vitest'
import type { ClusterAction } from '../../../../model/fault.ts'
import { type Before, beforeOf, changePatch, isDone, type Patch, undoPatch } from './before.ts'
import type { ClusterObject, Container } from './object.ts'

const workload = { kind: 'Deployment', name: 'api' } as const
const timeoutMs = 1_000
const now = new Date(0)

const object = (containers: Container[] = [{ name: 'api', image: 'api:1' }], replicas = 3): ClusterObject => ({
  metadata: { name: 'api', resourceVersion: '1' },
  spec: { replicas, template: { spec: { containers } } },
})

/** RFC 7386, which is what the API server does with a patch. */
const merge = (value: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  const merged = Object.entries({ ...base, ...patch }).map(([key, one]) => [
    key,
    Object.hasOwn(patch, key) ? merge((base as Patch)[key], one) : one,
  ])
  return Object.fromEntries(merged.filter(([, one]) => one !== null))
}

const change = (there: ClusterObject, action: ClusterAction): ClusterObject =>
  merge(there, changePatch(there, action, 'run-1', now)) as ClusterObject

const undo = (changed: ClusterObject): ClusterObject | string => {
  const undone = undoPatch(changed, beforeOf(changed) as Before)
  return 'refused' in undone ? undone.refused : (merge(changed, undone.patch) as ClusterObject)
}

/** Empty maps are as good as none. */
const plain = ({ spec }: ClusterObject) => JSON.parse(JSON.stringify(spec))

const scale: ClusterAction = { action: 'scale', workload, replicas: 1, timeoutMs }
const rollout = (image: string | null, env: Record<string, string> = {}, container = 'api'): ClusterAction => ({
  action: 'rollout',
  workload,
  container,
  image,
  env,
  completes: true,
  timeoutMs,
})

const secret = { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }
const withEnv: Container[] = [
  { name: 'side', image: 'side:1' },
  { name: 'api', image: 'api:1', env: [{ name: 'A', value: '1' }, secret, { name: 'B', value: '2' }] },
]

describe('a change and its undo give what was there before', () => {
  it.each<[string, ClusterObject, ClusterAction]>([
    ['replicas', object(), scale],
    ['an image', object(), rollout('api:2')],
    ['a first variable', object(), rollout(null, { A: '1' })],
    [
      'variables in the middle, one of them from a Secret, and a new one',
      object(withEnv),
      rollout('api:2', { KEY: 'x', A: '', C: '3' }),
    ],
    ['a node', { metadata: { name: 'n', resourceVersion: '1' }, spec: {} }, { action: 'drain', node: 'n', timeoutMs }],
  ])('%s', (_what, there, action) => {
    expect(isDone(there, action)).toBe(false)
    const changed = change(there, action)
    expect(isDone(changed, action)).toBe(true)
    expect(changed.metadata.labels).toEqual({ 'holdfast.dev/run': 'run-1' })
    const back = undo(changed) as ClusterObject
    expect(plain(back)).toEqual(plain(there))
    expect(back.metadata).toEqual({ ...there.metadata, labels: {}, annotations: {} })
  })

  it('the value of a Secret variable is replaced as a whole', () => {
    const changed = change(object(withEnv), rollout(null, { KEY: 'x' }))
    expect(changed.spec.template?.spec.containers[1]?.env?.[1]).toEqual({ name: 'KEY', value: 'x' })
  })

  it('a restart needs no undo and leaves no mark', () => {
    const restarted = change(object(), { action: 'restart', workload, timeoutMs })
    expect(restarted.spec.template?.metadata?.annotations).toEqual({
      'kubectl.kubernetes.io/restartedAt': '1970-01-01T00:00:00.000Z',
    })
    expect(beforeOf(restarted)).toBeNull()
  })
})

describe('an undo does not overwrite what someone else has changed', () => {
  it('replicas', () => {
    const changed = change(object(), scale)
    expect(undo({ ...changed, spec: { ...changed.spec, replicas: 5 } })).toBe(
      'its replicas are 5; they were 3, and the run had set 1',
    )
  })

  it('an image, a variable (whose value is not told), a container that is gone', () => {
    const changed = change(object(withEnv), rollout('api:2', { A: 'x' }))
    const other = (containers: Container[]) =>
      undo({ ...changed, spec: { ...changed.spec, template: { spec: { containers } } } })
    expect(other([{ name: 'api', image: 'api:3', env: [{ name: 'A', value: 'x' }] }])).toBe(
      'the image of api is api:3; the run had set api:2',
    )
    expect(other([{ name: 'api', image: 'api:2', env: [{ name: 'A', value: 'secret' }] }])).toBe(
      'someone else has set the variable A of api',
    )
    expect(other([{ name: 'side' }])).toBe('it has no container api any more')
  })

  it('and keeps their changes of everything else', () => {
    const changed = change(object(withEnv), rollout('api:2', { A: 'x' }))
    const theirs = [
      { name: 'side', image: 'side:2' },
      {
        name: 'api',
        image: 'api:2',
        env: [
          { name: 'A', value: 'x' },
          { name: 'D', value: '4' },
        ],
      },
    ]
    const back = undo({
      ...changed,
      spec: { replicas: 9, template: { spec: { containers: theirs } } },
    }) as ClusterObject
    expect(back.spec).toEqual({
      replicas: 9,
      template: {
        spec: {
          containers: [
            { name: 'side', image: 'side:2' },
            {
              name: 'api',
              image: 'api:1',
              env: [
                { name: 'A', value: '1' },
                { name: 'D', value: '4' },
              ],
            },
          ],
        },
      },
    })
  })

  it('but what they have already taken back loses its mark', () => {
    const changed = change(object(), scale)
    const back = undo({ ...changed, spec: { ...changed.spec, replicas: 3 } }) as ClusterObject
    expect(back.metadata.labels).toEqual({})
    expect(back.spec.replicas).toBe(3)
  })
})

it('a mark that is damaged says nothing', () => {
  const { metadata, ...rest } = object()
  expect(beforeOf({ ...rest, metadata: { ...metadata, annotations: { 'holdfast.dev/before': '{' } } })).toBeNull()
})
