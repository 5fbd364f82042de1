import { describe, expect, it } from 'vitest'
import type { Injection } from '../../model/fault.ts'
import type { ExportContext } from './workflow.ts'
import { scheduleOf, workflowOf } from './workflow.ts'

const spec = { mode: 'one', selector: { labelSelectors: { app: 'web' } } }
const mesh = (kind: string, given: object = {}): Injection => ({
  driver: 'chaos-mesh',
  namespace: 'shop',
  kind,
  spec: { ...spec, ...given },
  oneShot: false,
})
const faults: ExportContext['faults'] = [
  { id: 'f1', kind: 'kill', atMs: 30_000, holdMs: null, injections: [mesh('PodChaos', { action: 'pod-kill' })] },
  {
    id: 'f2',
    kind: 'clockSkew',
    atMs: 42_400,
    holdMs: 10_000,
    injections: [mesh('TimeChaos', { duration: '25000ms' })],
  },
  { id: 'f3', kind: 'none', atMs: 50_000, holdMs: 1_000, injections: [{ driver: 'none' }] },
]
const context: ExportContext = { gameDay: 'shop/all at once', namespace: 'shop', faults, startMs: 30_000 }

describe('a timeline as a workflow', () => {
  it('each fault waits for its time; a deadline ends it, not a duration', () => {
    expect(workflowOf(context)).toEqual({
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'Workflow',
      metadata: {
        name: 'shop-all-at-once',
        namespace: 'shop',
        annotations: { 'holdfast.dev/game-day': 'shop/all at once' },
      },
      spec: {
        entry: 'timeline',
        templates: [
          { name: 'timeline', templateType: 'Parallel', children: ['f1-kill', 'at-f2-clockskew'] },
          { name: 'f1-kill', templateType: 'PodChaos', deadline: '5s', podChaos: { ...spec, action: 'pod-kill' } },
          { name: 'at-f2-clockskew', templateType: 'Serial', children: ['wait-f2-clockskew', 'f2-clockskew'] },
          { name: 'wait-f2-clockskew', templateType: 'Suspend', deadline: '12s' },
          { name: 'f2-clockskew', templateType: 'TimeChaos', deadline: '10s', timeChaos: spec },
        ],
      },
    })
  })

  it('on a schedule is never there twice, and few are kept', () => {
    const { kind, spec: schedule } = scheduleOf(context, '0 10 * * 2')
    expect(kind).toBe('Schedule')
    expect(schedule).toEqual({
      schedule: '0 10 * * 2',
      type: 'Workflow',
      concurrencyPolicy: 'Forbid',
      historyLimit: 3,
      workflow: workflowOf(context).spec,
    })
  })

  it.each([
    ['PhysicalMachineChaos', 'physicalmachineChaos'],
    ['AWSChaos', 'awsChaos'],
    ['IOChaos', 'ioChaos'],
  ])('%s is filed under %s', (kind, key) => {
    const [, template] = workflowOf({
      ...context,
      faults: [{ id: 'f1', kind: 'chaosMesh', atMs: 30_000, holdMs: 1_000, injections: [mesh(kind)] }],
    }).spec.templates
    expect(template).toHaveProperty(key, spec)
  })

  it('has names that Chaos Mesh can add to', () => {
    const { name } = workflowOf({ ...context, gameDay: `shop/${'long-'.repeat(20)}` }).metadata
    expect(name).toMatch(/^shop-(long-)+lo$/)
    expect(name?.length).toBeLessThanOrEqual(57)
  })

  it('of no fault that Chaos Mesh knows is refused', () => {
    expect(() => workflowOf({ ...context, faults: faults.slice(2) })).toThrow(
      'shop/all at once has no fault that is a resource of Chaos Mesh',
    )
  })
})
