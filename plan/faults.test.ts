import { describe, expect, it } from 'vitest'
import { chaosMesh } from '../chaos/faults/chaosMesh.ts'
import { cpuStress } from '../chaos/faults/cpuStress.ts'
import { freeze } from '../chaos/faults/freeze.ts'
import { kill } from '../chaos/faults/kill.ts'
import { latency } from '../chaos/faults/latency.ts'
import { none } from '../chaos/faults/none.ts'
import { packetLoss } from '../chaos/faults/packetLoss.ts'
import { partition } from '../chaos/faults/partition.ts'
import { unavailable } from '../chaos/faults/unavailable.ts'
import { HoldfastError } from '../model/errors.ts'
import type { FaultBase } from '../model/fault.ts'
import type { System } from '../model/system.ts'
import type { FaultContext } from './faults.ts'
import { planFaults } from './faults.ts'

const system: System = {
  name: 'shop',
  title: 'Shop',
  components: { api: { role: 'a', replicas: 1 }, worker: { role: 'w', replicas: 4 } },
  links: [
    { from: 'client', to: 'api' },
    { from: 'api', to: 'postgres' },
  ],
  sloFile: 'x.yaml',
  weaknesses: {},
  secretEnv: [],
}
const context: FaultContext = { system, environment: 'local', file: 'g.ts', steadyEndMs: 30_000, blastRadius: {} }

const refusal = (faults: FaultBase[], changes: Partial<FaultContext> = {}): string => {
  try {
    planFaults(faults, { ...context, ...changes })
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

const link = { from: 'api', to: 'postgres' }

describe('refusals', () => {
  it('a component that is not there', () => {
    expect(refusal([kill({ target: 'wroker', at: '0s' })])).toBe(
      'g.ts: faults[0].target: shop has no component "wroker" | Did you mean "worker"?',
    )
    expect(refusal([kill({ target: 'worker-5', at: '0s' })])).toBe(
      'g.ts: faults[0].target: there is no worker-5: shop has 4 worker | There are: worker-1, worker-2, worker-3, worker-4.',
    )
  })

  it('a link that is not there', () => {
    expect(refusal([partition({ from: 'postgres', to: 'api', at: '0s', for: '5s' })])).toBe(
      'g.ts: faults[0]: shop has no link postgres → api | There are: client → api, api → postgres.',
    )
  })

  it('the only replica, without leave', () => {
    expect(refusal([kill({ target: 'api', at: '0s' })])).toBe(
      'g.ts: faults[0]: kill api would hit api: 1 of 1 api, at most 0 may be hit at a time | Write blastRadius: { api: 1 } if that is wanted.',
    )
  })

  it('all replicas', () => {
    expect(refusal([freeze({ target: 'worker', at: '0s', for: '5s' })])).toBe(
      'g.ts: faults[0]: freeze worker would hit worker-1 and worker-2 and worker-3 and worker-4: 4 of 4 worker, ' +
        'at most 2 may be hit at a time | Aim at one instance (worker-1), or write blastRadius: { worker: 4 } if that is wanted.',
    )
  })

  it('too many replicas by faults that overlap', () => {
    const three = ['worker-1', 'worker-2', 'worker-3'].map((target, i) =>
      unavailable({ target, at: `${i}s`, for: '10s' }),
    )
    expect(refusal(three)).toMatch(
      /^g.ts: faults\[0\]: take down worker-1 would hit worker-1 and worker-2 and worker-3: 3 of 4/,
    )
  })

  it('a blast radius of something else, or more than there is', () => {
    const changes = (blastRadius: Record<string, number>) => ({ blastRadius })
    expect(refusal([], changes({ apu: 1 }))).toBe(
      'g.ts: blastRadius.apu: shop has no such component | Did you mean "api"?',
    )
    expect(refusal([], changes({ api: 2 }))).toBe('g.ts: blastRadius.api: is 2, and there are only 1 | ')
  })

  it('a kind that does not exist in the environment, naming those that do', () => {
    expect(
      refusal([none({ at: '0s', for: '5s' }), partition({ ...link, at: '9s', for: '5s' })], {
        environment: 'external',
      }),
    ).toBe(
      'g.ts: faults[1]: partition does not exist in the environment external | Use none or command, or run it in: local, containers, kubernetes.',
    )
  })

  it('the same fault twice at the same time', () => {
    const twice = [
      latency({ ...link, ms: 10, at: '0s', for: '10s' }),
      latency({ ...link, ms: 20, at: '9s', for: '10s' }),
    ]
    expect(refusal(twice)).toBe(
      'g.ts: faults[0]: latency 10 ms api → postgres and faults[1] (latency 20 ms api → postgres) hit the same target at the same time | Let one end before the other begins.',
    )
  })

  it('a hold that cannot be proven', () => {
    expect(refusal([none({ at: '0s', for: '500ms' })])).toBe(
      'g.ts: faults[0].for: is 500 ms; a fault shorter than 1 s cannot be proven active and removed | Write 1s or more.',
    )
  })

  it('parameters that are wrong', () => {
    expect(refusal([latency({ ...link, ms: 0, at: '0s', for: '5s' })])).toBe(
      'g.ts: faults[0]: ms: must be at least 1 ms | ',
    )
  })
})

describe('in a cluster', () => {
  const kubernetes = { selectors: { api: { app: 'shop-api' }, worker: { app: 'worker' } } }
  const cluster: FaultContext = {
    ...context,
    system: { ...system, kubernetes },
    environment: 'kubernetes',
    namespace: 'shop',
    blastRadius: { api: 1, worker: 4 },
  }
  const planned = (fault: FaultBase) => planFaults([fault], cluster)[0]
  const pods = (app: string) => ({
    namespaces: ['shop'],
    labelSelectors: { app },
    podPhaseSelectors: ['Running'],
  })

  it('a held fault ends by itself some time after its end', () => {
    expect(planned(unavailable({ target: 'worker-2', at: '0s', for: '10s' }))).toMatchObject({
      holdMs: 10_000,
      injections: [
        {
          driver: 'chaos-mesh',
          namespace: 'shop',
          kind: 'PodChaos',
          spec: { action: 'pod-failure', mode: 'one', selector: pods('worker'), duration: '25000ms' },
          oneShot: false,
        },
      ],
    })
  })

  it('a one-shot has no duration', () => {
    expect(planned(kill({ target: 'api', at: '0s' }))?.injections).toEqual([
      {
        driver: 'chaos-mesh',
        namespace: 'shop',
        kind: 'PodChaos',
        spec: { action: 'pod-kill', gracePeriod: 0, mode: 'all', selector: pods('shop-api') },
        oneShot: true,
      },
    ])
    const once = chaosMesh({ kind: 'PodChaos', target: 'api', spec: { action: 'pod-kill' }, at: '0s' })
    expect(planned(once)).toMatchObject({ oneShot: true, holdMs: null })
  })

  it('a spec of its own gets the namespace of the run, and cannot leave it', () => {
    const spec = (selector: object) => ({ mode: 'one' as const, timeOffset: '5s', selector })
    const selectorOf = (selector: object) =>
      planned(chaosMesh({ kind: 'TimeChaos', spec: spec(selector), at: '0s', for: '5s' }))?.injections[0]
    const labelSelectors = { app: 'x' }
    expect(selectorOf({ labelSelectors })).toMatchObject({ spec: { selector: { namespaces: ['shop'] } } })
    const elsewhere = /spec.selector: names the namespace other, and faults never leave shop/
    expect(() => selectorOf({ labelSelectors, namespaces: ['shop', 'other'] })).toThrow(elsewhere)
    expect(() => selectorOf({ pods: { shop: ['web-1'], other: ['web-1'] } })).toThrow(elsewhere)
    const target = { mode: 'all' as const, selector: { labelSelectors, namespaces: ['other'] } }
    const cut = { action: 'partition' as const, mode: 'all' as const, selector: { labelSelectors }, target }
    expect(() => planned(chaosMesh({ kind: 'NetworkChaos', spec: cut, at: '0s', for: '5s' }))).toThrow(
      /spec.target.selector: names the namespace other/,
    )
  })

  it('a spec that Chaos Mesh would refuse, or should', () => {
    const spec = { action: 'pod-failure', mode: 'fixed-percent', value: '50%', selector: pods('worker') } as const
    expect(refusal([chaosMesh({ kind: 'PodChaos', spec, at: '0s', for: '5s' })], cluster)).toBe(
      'g.ts: faults[0]: PodChaos: spec.value: "50%" is no percentage | Write 1 to 100 without a sign: "50".',
    )
    const all = { mode: 'all', selector: {}, timeOffset: '5s' } as const
    expect(refusal([chaosMesh({ kind: 'TimeChaos', spec: all, at: '0s', for: '5s' })], cluster)).toMatch(
      /^g.ts: faults\[0\]: TimeChaos: spec.selector: is empty, which means every pod of the namespace/,
    )
  })

  it('PodChaos and NetworkChaos on the same pods at once, at either end of the link', () => {
    const link = { from: 'api', to: 'worker' }
    const linked = { ...cluster, system: { ...cluster.system, links: [link] } }
    const cut = partition({ ...link, at: '5s', for: '10s' })
    const message = (label: string) =>
      `g.ts: faults[0]: ${label} and faults[1] (partition api ⇹ worker) put a PodChaos and a NetworkChaos on the same pods ` +
      'at the same time, which Chaos Mesh does not support | Let one end before the other begins, or aim them at pods with different labels.'
    expect(refusal([unavailable({ target: 'api', at: '0s', for: '6s' }), cut], linked)).toBe(message('take down api'))
    expect(refusal([kill({ target: 'worker-1', at: '5s' }), cut], linked)).toBe(message('kill worker-1'))
    expect(planFaults([kill({ target: 'worker-1', at: '15s' }), cut], linked)).toHaveLength(2)
    expect(planFaults([cpuStress({ target: 'api', at: '5s', for: '5s' }), cut], linked)).toHaveLength(2)
    const others = { kind: 'PodChaos', at: '5s', for: '5s' } as const
    const spec = { action: 'pod-failure', mode: 'all', selector: pods('batch') } as const
    expect(planFaults([chaosMesh({ ...others, spec }), cut], linked)).toHaveLength(2)
    const vague = { ...spec, selector: { expressionSelectors: [{ key: 'tier', operator: 'Exists' }] } }
    expect(refusal([chaosMesh({ ...others, spec: vague }), cut], linked)).toMatch(/put a PodChaos and a NetworkChaos/)
  })

  it('steps of a runbook stay commands', () => {
    expect(planned(none({ at: '0s', for: '5s' }))?.injections).toEqual([{ driver: 'none' }])
  })

  it.each<[FaultBase, string]>([
    [
      freeze({ target: 'worker-1', at: '0s', for: '5s' }),
      'g.ts: faults[0]: freeze does not exist in the environment kubernetes | Chaos Mesh cannot stop a process in a pod: ' +
        'use partition (connections stay open, nothing answers) or unavailable.',
    ],
    [
      latency({ from: 'client', to: 'api', ms: 10, at: '0s', for: '5s' }),
      'g.ts: faults[0]: shop names no labels for the pods of client | Aim at a link between components, or name the pods ' +
        'that its requests come through (an ingress) in kubernetes.selectors.client of the system.',
    ],
    [
      latency({ ...link, ms: 10, at: '0s', for: '5s' }),
      'g.ts: faults[0]: shop names no labels for the pods of postgres | Add them to kubernetes.selectors.postgres of the system.',
    ],
  ])('%j is refused', (fault, line) => {
    const parts = { ...system.components, postgres: { role: 'd', replicas: 1 } }
    expect(refusal([fault], { ...cluster, system: { ...cluster.system, components: parts } })).toBe(line)
  })

  it('a probe goes with its resource, and is refused where nobody would ask it', () => {
    const probe = ['kubectl', 'exec', 'x']
    const stress = cpuStress({ target: 'worker-1', at: '0s', for: '5s', probe })
    expect(planned(stress)?.injections).toMatchObject([{ driver: 'chaos-mesh', probe: { argv: probe } }])
    expect(refusal([none({ at: '0s', for: '5s', probe })])).toBe(
      'g.ts: faults[0].probe: would never be asked: none becomes no resource of a cluster | Leave it out: this kind is proven by Holdfast itself.',
    )
  })

  it('a fault that exists in clusters only, on one machine', () => {
    expect(refusal([packetLoss({ ...link, lossRatio: 0.1, at: '0s', for: '5s' })])).toBe(
      'g.ts: faults[0]: packetLoss does not exist in the environment local | A proxy loses no packets: use latency, bandwidth or connectionReset.',
    )
  })
})

describe('what is planned', () => {
  it('is in order of time, with offsets from the start of the load', () => {
    const planned = planFaults(
      [partition({ ...link, at: '20s', for: '10s', title: 'cut' }), kill({ target: 'worker-2', at: '5s' })],
      context,
    )
    expect(planned).toEqual([
      {
        id: 'f1',
        kind: 'kill',
        label: 'kill worker-2',
        oneShot: true,
        target: { kind: 'component', instances: ['worker-2'] },
        atMs: 35_000,
        holdMs: null,
        injections: [{ driver: 'process', action: 'kill', instance: 'worker-2' }],
      },
      expect.objectContaining({ id: 'f2', label: 'cut', atMs: 50_000, holdMs: 10_000 }),
    ])
  })

  it('may follow at once, and may overlap on other targets', () => {
    const faults = [
      latency({ ...link, ms: 10, at: '0s', for: '10s' }),
      latency({ ...link, ms: 20, at: '10s', for: '10s' }),
      latency({ from: 'client', to: 'api', ms: 20, at: '5s', for: '10s' }),
      partition({ ...link, at: '12s', for: '3s' }),
    ]
    expect(planFaults(faults, context)).toHaveLength(4)
  })

  it('may hit as much as the game day allows', () => {
    expect(planFaults([kill({ target: 'api', at: '0s' })], { ...context, blastRadius: { api: 1 } })).toHaveLength(1)
  })
})
