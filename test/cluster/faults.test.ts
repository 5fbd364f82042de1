import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../chaos/drivers/kube/connect.ts'
import { cpuStress } from '../../chaos/faults/cpuStress.ts'
import { kill } from '../../chaos/faults/kill.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { RunEvent } from '../../model/event.ts'
import { cleanUp } from '../../run/leftovers.ts'
import { cleanupCommand } from '../../scripts/commands/cleanup.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { deployment } from './faults/objects.ts'
import { type ClusterRun, type Place, startRun, watchdogOf } from './faults/run.ts'

let cluster: Cluster
let place: Place
let count = 0
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster?.stop())

/** Every test has a namespace of its own, with three pods of `web` and one of `db`. */
beforeEach(async () => {
  const namespace = `n${count++}`
  place = { kubeconfig: cluster.kubeconfig, context: cluster.context, namespace }
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    deployment(namespace, 'web', 3),
    deployment(namespace, 'db', 1),
  )
  for (const app of ['web', 'db'])
    await cluster.kubectl('rollout', 'status', `deployment/${app}`, `--namespace=${namespace}`, '--timeout=60s')
})

const kinds = ['podchaos', 'networkchaos', 'stresschaos', 'configmaps']

/** Names of everything that carries the label of a run. */
const left = async (): Promise<string> =>
  (await cluster.kubectl('get', kinds.join(','), '-n', place.namespace, '-l', 'holdfast.dev/run', '-o', 'name')).trim()

const of = <T extends RunEvent['type']>(run: ClusterRun, type: T) =>
  run.events().filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

const completed = { code: 0, said: 'completed \n' }

test('pod-kill and pod-failure, from plan to removal, with real edges', async () => {
  const faults = [kill({ target: 'web-1', at: '0s' }), unavailable({ target: 'web-1', at: '3s', for: '3s' })]
  const run = startRun(place, faults, 9_000)
  const active = await run.event('fault.active', 'f2')
  const pod = /injected into (web-\S+); \1 runs local\/pause:1/.exec(active.evidence)?.[1]
  expect(pod, active.evidence).toBeDefined()
  const image = '{.spec.containers[0].image}'
  const now = await cluster.kubectl('get', 'pod', `${pod}`, '-n', place.namespace, '-o', `jsonpath=${image}`)
  expect(now).toBe('local/pause:1')
  expect(await run.exit).toEqual(completed)

  expect(of(run, 'fault.active')[0]?.evidence).toMatch(/^injected into (web-\S+); \1 is (gone|ending)$/)
  expect(of(run, 'fault.provenRemoved').map(({ evidence }) => evidence)).toEqual([
    expect.stringMatching(`removed from ${pod}; ${pod} runs local/web:1`),
  ])
  const [difference] = of(run, 'cluster.clock')
  // The cluster's clock is this machine's.
  expect(Math.abs(difference?.aheadMs ?? Number.NaN)).toBeLessThanOrEqual(difference?.withinMs ?? 0)
  for (const [i, { calledAtMs, repliedAtMs }] of [
    ...of(run, 'fault.injected'),
    ...of(run, 'fault.removed'),
  ].entries()) {
    expect(repliedAtMs - calledAtMs, `edge ${i}`).toBeLessThan(1_000)
    expect(repliedAtMs).toBeGreaterThanOrEqual(calledAtMs)
  }
  expect(of(run, 'cluster.left')).toHaveLength(1)
  expect(await left()).toBe('')
})

test('the ledger knows of the run before the cluster does, and one ConfigMap owns its faults', async () => {
  const run = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '3s' })], 6_000)
  await run.event('fault.active')
  const owners = await cluster.kubectl(
    ...['get', 'podchaos', '-n', place.namespace, '-o', 'jsonpath={.items[*].metadata.ownerReferences[*].name}'],
  )
  expect(await left()).toContain(`configmap/${owners}`)
  const order = run.events().map(({ type }) => type)
  expect(order.indexOf('cluster.entered')).toBeLessThan(order.indexOf('load.started'))
  // Whoever deletes it ends every fault of the run.
  await cluster.kubectl('delete', 'configmap', owners, '-n', place.namespace)
  await cluster.kubectl('wait', '--for=delete', 'podchaos', '--all', '-n', place.namespace, '--timeout=30s')
  expect(await run.exit).toEqual(completed)
  expect(await left()).toBe('')
})

test('a fault that was paused in between is removed, and the record says that it was', async () => {
  const run = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '4s' })], 7_000)
  await run.event('fault.active')
  const pause = 'experiment.chaos-mesh.org/pause'
  const ns = ['-n', place.namespace]
  await cluster.kubectl('annotate', 'podchaos', '--all', `${pause}=true`, ...ns)
  await cluster.kubectl('wait', 'podchaos', '--all', '--for=condition=AllRecovered', ...ns, '--timeout=30s')
  expect(await run.exit).toEqual(completed)
  expect(of(run, 'fault.provenRemoved')[0]?.evidence).toContain('it was paused in between')
  expect(await left()).toBe('')
})

test('no pod left when the fault comes: not active, and nothing stays', async () => {
  const run = startRun(place, [kill({ target: 'web-1', at: '6s' })], 10_000)
  await run.event('load.started')
  await cluster.kubectl('scale', 'deployment/web', '--replicas=0', '-n', place.namespace)
  expect((await run.exit).said).toBe('completed \n')
  expect(of(run, 'fault.notActive')[0]?.evidence).toMatch(/was not injected in 20 s: no pod was selected; .+/)
  expect(of(run, 'fault.active')).toEqual([])
  expect(await left()).toBe('')
})

test('without the daemon a fault is never injected: not active, removed, nothing left', async () => {
  const run = startRun(place, [cpuStress({ target: 'web-1', at: '0s', for: '2s' })], 4_000)
  expect(await run.exit).toEqual(completed)
  expect(of(run, 'fault.notActive')[0]?.evidence).toMatch(/was not injected in 20 s: selected were .*web-.* not found/)
  expect(of(run, 'fault.provenRemoved')).toHaveLength(1)
  expect(of(run, 'fault.notRemoved')).toEqual([])
  expect(await left()).toBe('')
})

test('a finalizer that stays is dropped, and that is told: rules of the fault may come back with the daemon', async () => {
  const run = startRun(place, [partition({ from: 'web', to: 'db', at: '0s', for: '2s' })], 4_000)
  expect(await run.exit).toEqual(completed)
  expect(of(run, 'fault.notActive')[0]?.evidence).toContain('cannot find daemonIP')
  expect(of(run, 'fault.provenRemoved')).toEqual([])
  expect(of(run, 'fault.notRemoved')[0]?.evidence).toMatch(
    /its finalizer was dropped, and nothing proves that the fault is gone: .* did not remove it in 20 s .*delete pod (web|db)-/,
  )
  expect(await left()).toBe('')
})

test('a second run in the namespace is refused, wherever the first was started', async () => {
  const first = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '60s' })], 90_000)
  await first.event('fault.active')
  const second = await startRun(place, [kill({ target: 'web-1', at: '0s' })], 3_000).exit
  expect(second.said).toContain(`the namespace ${place.namespace} is in use by run ${first.runId}`)
  first.child.kill('SIGINT')
  expect((await first.exit).said).toBe('interrupted \n')
  expect(of(first, 'fault.provenRemoved')).toHaveLength(1)
  expect(await left()).toBe('')
})

describe('when something breaks in the middle', () => {
  const held = () => [unavailable({ target: 'web-1', at: '0s', for: '3s' })]

  test('an API server that is killed and comes back: the fault is removed all the same', async () => {
    const run = startRun(place, held(), 7_000)
    await run.event('fault.active')
    await cluster.restartApiServer()
    expect(await run.exit).toEqual(completed)
    expect(of(run, 'fault.provenRemoved')).toHaveLength(1)
    expect(await left()).toBe('')
  })

  test('no controller: what is refused before the start says so, what hangs is told, and cleanup ends it', async () => {
    const run = startRun(place, held(), 6_000)
    await run.event('fault.active')
    await cluster.stopController()
    try {
      expect(await run.exit).toEqual(completed)
      const [stuck] = of(run, 'fault.notRemoved')
      expect(stuck?.evidence).toMatch(/is still there: Chaos Mesh did not remove it in 20 s .* could not be dropped/)
      expect(stuck?.checkBy).toEqual([
        expect.stringMatching(`kubectl --context ${place.context} -n ${place.namespace} get podchaos.chaos-mesh.org `),
      ])
      expect(of(run, 'cluster.left')).toEqual([])
      expect(await left()).toContain('podchaos')
      const refused = await startRun({ ...place, namespace: 'default' }, [], 3_000).exit
      expect(refused).toEqual(completed) // without faults nothing is asked of Chaos Mesh
      const again = startRun(place, held(), 3_000)
      expect((await again.exit).said).toContain('is in use by run')
    } finally {
      await cluster.startController()
    }
    const { failed } = await cleanUp(run.recordDir)
    expect(failed).toEqual([])
    expect(await left()).toBe('')
  })

  test('Holdfast killed: its watchdog takes the faults out of the cluster', async () => {
    const run = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '60s' })], 90_000)
    await run.event('fault.active')
    expect(await left()).toContain('podchaos')
    run.child.kill('SIGKILL')
    await run.exit
    await expect.poll(left, { timeout: 30_000 }).toBe('')
    await expect.poll(() => of(run, 'run.ended').length, { timeout: 10_000 }).toBe(1)
    expect(of(run, 'fault.provenRemoved')[0]?.evidence).toContain('the watchdog cleaned up')
  })

  test('Holdfast and its watchdog killed: cleanup by label, without the record', async () => {
    const run = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '60s' })], 90_000)
    await run.event('fault.active')
    process.kill(watchdogOf(run), 'SIGKILL')
    run.child.kill('SIGKILL')
    await run.exit
    expect(await left()).toContain('podchaos')
    const options = { ...place, env: 'kubernetes', out: '/nowhere' } as const
    // Its time is not over: only who names it may end it.
    expect(await cleanupCommand(undefined, { ...options, all: true })).toBe(0)
    expect(await left()).toContain('podchaos')
    expect(await cleanupCommand(run.runId, options)).toBe(0)
    expect(await left()).toBe('')
    expect(await cleanupCommand(run.runId, options)).toBe(0)
  })
})

test('a cluster that is away, a context that is not there, and a wrong namespace are one line each', async () => {
  await expect(connect({ ...place, context: 'nope' })).rejects.toThrow('has no such context')
  const run = startRun({ ...place, namespace: 'nowhere' }, [kill({ target: 'web-1', at: '0s' })], 3_000)
  expect(await run.exit).toMatchObject({
    code: 2,
    said: expect.stringContaining('there is no pod in the namespace nowhere'),
  })
})
