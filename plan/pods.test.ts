import { describe, expect, it } from 'vitest'
import { chaosMesh } from '../chaos/faults/chaosMesh.ts'
import { cpuStress } from '../chaos/faults/cpuStress.ts'
import { kill } from '../chaos/faults/kill.ts'
import { partition } from '../chaos/faults/partition.ts'
import { unavailable } from '../chaos/faults/unavailable.ts'
import type { Pod } from '../model/cluster.ts'
import type { FaultBase } from '../model/fault.ts'
import { batchsender } from '../systems/batchsender/index.ts'
import { podNamed as pod } from '../test/fixtures/pod.ts'
import { type FaultContext, planFaults } from './faults.ts'
import { selectPods, withPodsFound } from './pods.ts'

const part = (component: string, n: number) => pod(`${component}-${n}`, batchsender.kubernetes?.selectors[component])
const pods = [part('api', 0), part('api', 1), part('worker', 0), part('postgres', 0), pod('stranger', { app: 'other' })]

const contextOf = (there: Pod[], blastRadius: Record<string, number>): FaultContext => ({
  system: withPodsFound(batchsender, there),
  environment: 'kubernetes',
  file: 'g.ts',
  steadyEndMs: 0,
  blastRadius,
  namespace: 'shop',
  pods: there,
})
const planned = (fault: FaultBase, there = pods, blastRadius = {}) =>
  planFaults([fault], contextOf(there, blastRadius))[0]

describe('the plan lists the pods', () => {
  it('of which one is hit', () => {
    expect(planned(kill({ target: 'api-1', at: 0 }))?.hits).toEqual([
      { end: 'target', pods: ['api-0', 'api-1'], most: 1 },
    ])
  })

  it('at both ends of a link', () => {
    expect(planned(partition({ from: 'api', to: 'postgres', at: 0, for: '2s' }))?.hits).toEqual([
      { end: 'target', pods: ['api-0', 'api-1'], most: 2 },
      { end: 'peer', pods: ['postgres-0'], most: 1 },
    ])
  })
})

describe('refused before anything starts', () => {
  it('more than the blast radius, counted in the cluster and not in the system', () => {
    expect(() => planned(unavailable({ target: 'api', at: 0, for: '2s' }))).toThrow(
      'would hit api-0 and api-1: 2 of 2 api, at most 1 may be hit at a time',
    )
    expect(planned(unavailable({ target: 'api', at: 0, for: '2s' }), pods, { api: 2 })?.hits?.[0]?.most).toBe(2)
  })

  it('nothing', () => {
    expect(() => planned(kill({ target: 'worker', at: 0 }), [part('api', 0), part('api', 1)])).toThrow(
      /kill worker would hit nothing: no running pod in shop fits .*name=worker/,
    )
    expect(() => planned(kill({ target: 'worker', at: 0 }), [])).toThrow('there is no pod in the namespace shop')
  })

  const raw = (mode: 'all' | 'one', labelSelectors: Record<string, string>) =>
    chaosMesh({ kind: 'PodChaos', spec: { action: 'pod-kill', mode, selector: { labelSelectors } }, at: 0 })

  it('pods that have ended: of a component they are not taken, a selector of one’s own is refused', () => {
    const ended = [
      { ...part('api', 8), phase: 'Succeeded' },
      { ...part('worker', 9), phase: 'Failed' },
    ]
    const there = [...pods, ...ended]
    expect(planned(kill({ target: 'api-1', at: 0 }), there)?.hits).toEqual([
      { end: 'target', pods: ['api-0', 'api-1'], most: 1 },
    ])
    // The ended third does not make one of two half of three, nor worker-9 a second worker.
    expect(() => planned(kill({ target: 'api', at: 0 }), there)).toThrow('2 of 2 api, at most 1')
    expect(() => planned(kill({ target: 'worker', at: 0 }), there)).toThrow('1 of 1 worker, at most 0')
    const all = raw('one', { 'app.kubernetes.io/name': 'api' })
    expect(() => planned(all, there)).toThrow('would select finished pods: api-8')
    const named = chaosMesh({
      kind: 'PodChaos',
      spec: { action: 'pod-kill', mode: 'one', selector: { pods: { shop: ['api-8'] } } },
      at: 0,
    })
    expect(() => planned(named, there)).toThrow('would select finished pods: api-8')
    const selector = { labelSelectors: { 'app.kubernetes.io/name': 'api' }, podPhaseSelectors: ['Running'] }
    const running = chaosMesh({ kind: 'PodChaos', spec: { action: 'pod-kill', mode: 'one', selector }, at: 0 })
    expect(planned(running, there)?.hits?.[0]?.pods).not.toContain('api-8')
  })

  it('pods that do not run yet are no replicas', () => {
    const starting = [...pods, { ...part('worker', 9), phase: 'Pending', ready: false }]
    expect(() => planned(kill({ target: 'worker', at: 0 }), starting)).toThrow('1 of 1 worker, at most 0')
  })

  it('pods of no component', () => {
    expect(() => planned(raw('one', { app: 'other' }))).toThrow('pods that are no component of batchsender: stranger')
  })

  it('more than the blast radius, also by a selector of its own', () => {
    const api = { 'app.kubernetes.io/name': 'api' }
    expect(() => planned(raw('all', api))).toThrow('would hit api-0 and api-1: 2 of 2 api, at most 1 may be hit')
    expect(planned(raw('all', api), pods, { api: 2 })?.hits?.[0]?.most).toBe(2)
    expect(planned(raw('one', api))?.hits?.[0]?.most).toBe(1)
    const three = [...pods, part('api', 2)]
    const share = { mode: 'fixed-percent' as const, value: '34', selector: { labelSelectors: api } }
    const failure = chaosMesh({ kind: 'PodChaos', spec: { action: 'pod-failure', ...share }, at: 0, for: '2s' })
    expect(() => planned(failure, three)).toThrow('would hit 2 of api-0, api-1, api-2: 2 of 3 api, at most 1')
  })

  it('more than the blast radius by two faults that may choose different pods', () => {
    const faults = [kill({ target: 'api-1', at: '1s' }), cpuStress({ target: 'api-1', at: 0, for: '2s' })]
    const both = (there: Pod[]) => planFaults(faults, contextOf(there, {}))
    expect(() => both(pods)).toThrow('would hit api-0 and api-1: 2 of 2 api, at most 1')
    expect(both([...pods, part('api', 2), part('api', 3)])).toHaveLength(2)
  })

  it('more than half of the pods that stay', () => {
    const leaving = ['a', 'b'].map((n) => ({ ...part('api', 9), name: `api-${n}`, ending: true }))
    const job = { ...part('api', 8), phase: 'Succeeded' }
    const there = [...pods, ...leaving, job]
    const two = {
      mode: 'fixed' as const,
      value: '2',
      selector: { labelSelectors: { 'app.kubernetes.io/name': 'api' }, podPhaseSelectors: ['Running'] },
    }
    const failure = chaosMesh({ kind: 'PodChaos', spec: { action: 'pod-failure', ...two }, at: 0, for: '2s' })
    expect(() => planned(failure, there)).toThrow('2 of 2 api, at most 1')
  })

  it('everything', () => {
    const ours = pods.slice(0, 4)
    expect(() => planned(raw('all', { 'app.kubernetes.io/part-of': 'batchsender' }), ours)).toThrow(
      'would hit every pod of the namespace: api-0, api-1, postgres-0, worker-0',
    )
  })

  it('a link without an end', () => {
    const fault = partition({ from: 'api', to: 'nats', at: 0, for: '2s' })
    expect(() => planned(fault)).toThrow('would hit nothing')
  })
})

describe('selectors of Chaos Mesh', () => {
  const names = (selector: Parameters<typeof selectPods>[0]) => selectPods(selector, pods, 'p').map(({ name }) => name)

  it('are read as Chaos Mesh reads them', () => {
    expect(names({ namespaces: ['other'] })).toEqual([])
    expect(names({ pods: { shop: ['api-1'] }, labelSelectors: { not: 'read' } })).toEqual(['api-1'])
    expect(names({ expressionSelectors: [{ key: 'app', operator: 'Exists' }] })).toEqual(['stranger'])
    expect(names({ expressionSelectors: [{ key: 'app', operator: 'NotIn', values: ['other'] }] })).toHaveLength(4)
    expect(names({ fieldSelectors: { 'metadata.name': 'api-0' } })).toEqual(['api-0'])
    expect(names({ nodes: ['n2'] })).toEqual([])
    expect(names({ podPhaseSelectors: ['Pending'] })).toEqual([])
    expect(names({ podPhaseSelectors: ['!Pending'] })).toHaveLength(5)
    expect(names({ podPhaseSelectors: ['Pending', 'Running', '!Running'] })).toEqual([])
  })

  it('that pods alone do not answer are refused', () => {
    expect(() => names({ nodeSelectors: { zone: 'a' } })).toThrow("can't be told")
    expect(() => names({ fieldSelectors: { 'status.hostIP': '::1' } })).toThrow('is not known')
  })
})
