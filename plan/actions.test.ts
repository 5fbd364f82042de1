import { describe, expect, it } from 'vitest'
import { drain } from '../chaos/faults/drain.ts'
import { restart } from '../chaos/faults/restart.ts'
import { rollout } from '../chaos/faults/rollout.ts'
import { scale } from '../chaos/faults/scale.ts'
import type { Inventory, Pod, Workload } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import type { FaultBase } from '../model/fault.ts'
import { batchsender } from '../systems/batchsender/index.ts'
import { podNamed } from '../test/fixtures/pod.ts'
import { planFaults } from './faults.ts'
import { withPodsFound } from './pods.ts'

const labelsOf = (component: string) => batchsender.kubernetes?.selectors[component] ?? {}
const pod = (name: string, labels: Record<string, string>, node: string, controller = 'ReplicaSet') =>
  podNamed(name, labels, { node, controller })
const pods = [
  pod('api-a', labelsOf('api'), 'n1'),
  pod('api-b', labelsOf('api'), 'n2'),
  pod('worker-a', labelsOf('worker'), 'n1'),
  pod('worker-b', labelsOf('worker'), 'n1'),
  pod('postgres-0', labelsOf('postgres'), 'n2', 'StatefulSet'),
  pod('agent-x', { app: 'agent' }, 'n1', 'DaemonSet'),
]
const workload = (name: string, more: Partial<Workload> = {}): Workload => ({
  kind: 'Deployment',
  name,
  podLabels: labelsOf(name),
  replicas: 2,
  images: { [name]: `${name}:1` },
  env: { [name]: { MODE: 'old' } },
  mostUnavailable: 0,
  notRolledOut: null,
  changedBy: null,
  ...more,
})
const inventory: Inventory = {
  workloads: [workload('api'), workload('worker'), workload('postgres', { kind: 'StatefulSet', replicas: 1 })],
  autoscalers: [],
  nodes: [
    { name: 'n1', unschedulable: false, changedBy: null },
    { name: 'n2', unschedulable: false, changedBy: null },
    { name: 'n3', unschedulable: true, changedBy: null },
  ],
}

interface There {
  inventory?: Partial<Inventory>
  pods?: Pod[]
  blastRadius?: Record<string, number>
}

const plan = (faults: FaultBase[], { inventory: other = {}, pods: there = pods, blastRadius = {} }: There = {}) =>
  planFaults(faults, {
    system: withPodsFound(batchsender, there),
    environment: 'kubernetes',
    file: 'g.ts',
    steadyEndMs: 0,
    blastRadius,
    namespace: 'shop',
    pods: there,
    inventory: { ...inventory, ...other },
  })

const refusal = (fault: FaultBase | FaultBase[], there: There = {}): string => {
  try {
    plan([fault].flat(), there)
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

const held = { at: '0s', for: '10s' }

describe('the plan names the object, and the pods that go', () => {
  it('scale: those beyond the new number', () => {
    const [fault] = plan([scale({ target: 'worker', replicas: 1, ...held })])
    expect(fault).toMatchObject({
      target: { kind: 'component', instances: ['worker-1', 'worker-2'] },
      hits: [{ end: 'target', pods: ['worker-a', 'worker-b'], most: 1 }],
      injections: [
        {
          driver: 'kubernetes',
          namespace: 'shop',
          action: 'scale',
          workload: { kind: 'Deployment', name: 'worker' },
          replicas: 1,
        },
      ],
    })
    expect(plan([scale({ target: 'worker', replicas: 4, ...held })])[0]?.hits?.[0]?.most).toBe(0)
  })

  it('restart and rollout: as many as the update strategy takes away at a time', () => {
    expect(plan([restart({ target: 'api', at: '0s' })])[0]).toMatchObject({ holdMs: null, hits: [{ most: 0 }] })
    const workloads = [workload('api', { mostUnavailable: 2 })]
    expect(refusal(restart({ target: 'api', at: '0s' }), { inventory: { workloads } })).toBe(
      'g.ts: faults[0]: restart api would hit api-a and api-b: 2 of 2 api, at most 1 may be hit at a time | ' +
        'Write blastRadius: { api: 2 } if that is wanted.',
    )
  })

  it('rollout: the container, where there is one only', () => {
    expect(plan([rollout({ target: 'api', image: 'api:2', ...held })])[0]?.injections[0]).toMatchObject({
      container: 'api',
      image: 'api:2',
    })
  })

  it('drain: the pods of the namespace on the node; what runs on every node stays', () => {
    const [fault] = plan([drain({ target: 'worker', ...held })], { blastRadius: { worker: 2 } })
    expect(fault).toMatchObject({
      target: { instances: ['api-1', 'worker-1', 'worker-2'] },
      hits: [{ end: 'target', pods: ['api-a', 'worker-a', 'worker-b'], most: 3 }],
      injections: [{ action: 'drain', node: 'n1' }],
    })
    expect(refusal(drain({ node: 'n1', ...held }))).toContain('2 of 2 worker, at most 1 may be hit at a time')
  })
})

describe('refused before anything starts', () => {
  it.each<[string, FaultBase | FaultBase[], string, There?]>([
    [
      'one pod',
      scale({ target: 'worker-1', replicas: 1, ...held }),
      'faults[0].target: "worker-1" is one pod of a component, and only a whole one is meant | Did you mean "worker"?',
    ],
    [
      'no workload',
      scale({ target: 'worker', replicas: 1, ...held }),
      'faults[0].target: no Deployment and no StatefulSet in shop makes the pods of worker (',
      { inventory: { workloads: [workload('api')] } },
    ],
    [
      'two workloads',
      scale({ target: 'api', replicas: 1, ...held }),
      'the pods of api are made by Deployment api and Deployment canary | Narrow kubernetes.selectors.api of the system to one of them.',
      { inventory: { workloads: [workload('api'), { ...workload('api'), name: 'canary' }] } },
    ],
    ['as it is', scale({ target: 'api', replicas: 2, ...held }), 'replicas: Deployment api has 2 replicas already'],
    [
      'an autoscaler',
      scale({ target: 'api', replicas: 1, ...held }),
      'those of its HorizontalPodAutoscaler h, which would set them back | Scale to 0, which switches the autoscaler off',
      { inventory: { autoscalers: [{ name: 'h', target: { kind: 'Deployment', name: 'api' }, minReplicas: 1 }] } },
    ],
    [
      'an autoscaler that goes to 0',
      scale({ target: 'api', replicas: 0, ...held }),
      'which would set them back | Change the bounds',
      { inventory: { autoscalers: [{ name: 'h', target: { kind: 'Deployment', name: 'api' }, minReplicas: 0 }] } },
    ],
    [
      'an update that reaches no pod',
      restart({ target: 'api', at: '0s' }),
      'Deployment api would not replace its pods: it is paused',
      { inventory: { workloads: [workload('api', { notRolledOut: 'it is paused' })] } },
    ],
    [
      'the version that runs',
      rollout({ target: 'api', image: 'api:1', env: { MODE: 'old' }, ...held }),
      'api of Deployment api is so already: nothing would be rolled out',
    ],
    [
      'several containers',
      rollout({ target: 'api', image: 'api:2', ...held }),
      'faults[0].container: is missing: the pods of Deployment api have several | There are: api, proxy.',
      { inventory: { workloads: [workload('api', { images: { api: 'a', proxy: 'p' } })] } },
    ],
    [
      'an unknown container',
      rollout({ target: 'api', container: 'ap', image: 'api:2', ...held }),
      'have no container "ap" | Did you mean "api"?',
    ],
    [
      'a broken release of a StatefulSet',
      rollout({ target: 'postgres', image: 'postgres:2', completes: false, ...held }),
      'faults[0].completes: StatefulSet postgres would not come back by itself | A StatefulSet waits',
    ],
    [
      'what a dead run has left changed',
      scale({ target: 'api', replicas: 1, ...held }),
      'Deployment api is still as run r-0 has changed it | Undo that first: holdfast cleanup r-0 --env kubernetes',
      { inventory: { workloads: [workload('api', { replicas: 1, changedBy: 'r-0' })] } },
    ],
    [
      'a node that a dead run has cordoned',
      drain({ node: 'n2', ...held }),
      'node n2 is still as run r-0 has changed it',
      { inventory: { nodes: [{ name: 'n2', unschedulable: true, changedBy: 'r-0' }] } },
    ],
    [
      'an unknown node',
      drain({ node: 'n11', ...held }),
      'faults[0].node: the cluster has no node "n11" | Did you mean "n1"?',
    ],
    ['a cordoned node', drain({ node: 'n3', ...held }), 'the node n3 is cordoned already, and the undo would open it'],
    [
      'a node without pods',
      drain({ node: 'n2', ...held }),
      'drain n2 would evict nothing: no pod of the namespace is there',
      { pods: pods.filter(({ node }) => node === 'n1') },
    ],
    [
      'pods of others',
      drain({ node: 'n2', ...held }),
      'would evict pods that are no component of batchsender: stranger',
      { pods: [...pods, pod('stranger', { app: 'other' }, 'n2')], blastRadius: { postgres: 1 } },
    ],
    [
      'unmanaged pods',
      drain({ node: 'n4', ...held }),
      'would evict unmanaged pods: alone',
      {
        pods: [...pods, { ...pod('alone', labelsOf('api'), 'n4'), controller: undefined } as unknown as Pod],
        inventory: { nodes: [{ name: 'n4', unschedulable: false, changedBy: null }] },
      },
    ],
    [
      'the same object at the same time',
      [scale({ target: 'api', replicas: 3, ...held }), restart({ target: 'api', at: '5s' })],
      'faults[0]: scale api to 3 and faults[1] (restart api) change the Deployment api at the same time | Let one end',
    ],
    [
      'too many at a time, with another fault',
      [scale({ target: 'worker', replicas: 0, ...held })],
      '2 of 2 worker, at most 1 may be hit at a time | Write blastRadius: { worker: 2 } if that is wanted.',
    ],
  ])('%s', (_what, fault, text, there) => {
    expect(refusal(fault, there)).toContain(text)
  })

  it('scaling to 0 switches an autoscaler off', () => {
    const autoscalers = [{ name: 'h', target: { kind: 'Deployment', name: 'api' }, minReplicas: 1 }]
    const there = { inventory: { autoscalers }, blastRadius: { api: 2 } }
    expect(plan([scale({ target: 'api', replicas: 0, ...held })], there)).toHaveLength(1)
  })

  it('elsewhere than in a cluster', () => {
    const context = { system: batchsender, file: 'g.ts', steadyEndMs: 0, blastRadius: {} }
    expect(() => planFaults([restart({ target: 'api', at: '0s' })], { ...context, environment: 'local' })).toThrow(
      'restart does not exist in the environment local',
    )
  })
})

it('where nobody has looked at a cluster the action is known, and its object goes by the component', () => {
  const context = { system: batchsender, file: 'g.ts', steadyEndMs: 0, blastRadius: {}, namespace: 'shop' }
  const faults = [restart({ target: 'api', at: '0s' }), drain({ target: 'api', at: '1s', for: '5s' })]
  const planned = planFaults(faults, { ...context, environment: 'kubernetes', blastRadius: { api: 1 } })
  expect(planned.map(({ injections }) => injections[0])).toMatchObject([
    { action: 'restart', workload: { kind: 'Deployment', name: 'api' } },
    { action: 'drain', node: '' },
  ])
})
