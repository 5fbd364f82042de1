import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../chaos/drivers/kube/connect.ts'
import { currentHolder, NamespaceLock } from '../../chaos/drivers/kube/lock.ts'
import { listPods } from '../../chaos/drivers/kube/pods.ts'
import { chaosMesh } from '../../chaos/faults/chaosMesh.ts'
import { cpuStress } from '../../chaos/faults/cpuStress.ts'
import { kill } from '../../chaos/faults/kill.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { RunEvent } from '../../model/event.ts'
import { cleanUp } from '../../run/leftovers.ts'
import { readPlan } from '../../run/record.ts'
import { cleanupCommand } from '../../scripts/commands/cleanup.ts'
import { judgeRecord } from '../../scripts/judge-record.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { eventTimes, followImages, leftIn, newPlace } from './faults/place.ts'
import { type ClusterRun, type Place, startRun, watchdogOf } from './faults/run.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster?.stop())

const left = (place: Place) => leftIn(cluster, place)

const of = <T extends RunEvent['type']>(run: ClusterRun, type: T) =>
  run.events().filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

const completed = { code: 0, said: 'completed \n' }
const judged = async ({ recordDir }: ClusterRun) => judgeRecord(recordDir, await readPlan(recordDir))
/** A fault that stays until the test has seen what it came for. */
const held = () => [unavailable({ target: 'web-1', at: '0s', for: '100s' })]
const heldMs = 130_000
const interrupted = async (run: ClusterRun): Promise<void> => {
  run.child.kill('SIGINT')
  expect((await run.exit).said).toBe('interrupted \n')
}

describe.concurrent('a fault in a cluster', () => {
  test('a finalizer that stays is dropped, and that is told: rules of the fault may come back with the daemon', async ({
    expect,
  }) => {
    const place = await newPlace(cluster)
    const run = startRun(place, [partition({ from: 'web', to: 'db', at: '0s', for: '2s' })], 4_000)
    expect(await run.exit).toEqual(completed)
    expect(of(run, 'fault.notActive')[0]?.evidence).toMatch(/was not injected in 20 s: /)
    expect(of(run, 'fault.provenRemoved')).toEqual([])
    expect(of(run, 'fault.notRemoved')[0]?.evidence).toMatch(
      /its finalizer was dropped, and nothing proves that the fault is gone: .* did not remove it in 20 s .*delete pod (web|db)-/,
    )
    expect(await judged(run)).toMatchObject({ result: 'invalid', exitCode: 5 })
    expect(await left(place)).toBe('')
  })

  test('Holdfast and its watchdog killed: the lock runs out, and the next run removes what they left', async ({
    expect,
  }) => {
    const place = await newPlace(cluster)
    const dead = startRun(place, held(), heldMs)
    await dead.event('fault.active')
    dead.child.kill('SIGSTOP') // it would end in order when its watchdog is gone
    process.kill(watchdogOf(dead), 'SIGKILL')
    dead.child.kill('SIGKILL')
    await dead.exit
    const connected = await connect(place)
    await expect.poll(() => currentHolder(connected), { timeout: 60_000, interval: 500 }).toBeNull()
    expect(await left(place)).toContain('podchaos')
    const next = startRun(place, [kill({ target: 'web-1', at: '0s' })], 3_000)
    expect((await next.exit).said).toMatch(
      /^run \S+, started on \S+, is dead; removing what it left in n\d+-\d+\ncompleted \n$/,
    )
    expect(of(next, 'fault.active')).toHaveLength(1)
    expect(await left(place)).toBe('')
  })

  test('without the daemon neither stress nor container-kill is injected: invalid, removed, nothing left', async ({
    expect,
  }) => {
    const place = await newPlace(cluster)
    const containerKill = chaosMesh({
      kind: 'PodChaos',
      target: 'web-1',
      at: '3s',
      spec: { action: 'container-kill', containerNames: ['web'] },
    })
    const run = startRun(place, [cpuStress({ target: 'web-1', at: '0s', for: '2s' }), containerKill], 6_000)
    expect(await run.exit).toEqual(completed)
    for (const { evidence } of of(run, 'fault.notActive')) expect(evidence).toMatch(/was not injected in 20 s: /)
    expect(of(run, 'fault.notActive').map(({ fault }) => fault)).toEqual(expect.arrayContaining(['f1', 'f2']))
    // A one-shot has no end to prove.
    expect(of(run, 'fault.provenRemoved').map(({ fault }) => fault)).toEqual(['f1'])
    expect(of(run, 'fault.notRemoved')).toEqual([])
    expect(await judged(run)).toMatchObject({ result: 'invalid', exitCode: 3 })
    expect(await left(place)).toBe('')
  })

  test('no pod left when the fault comes: not active, and nothing stays', async ({ expect }) => {
    const place = await newPlace(cluster)
    const pods = await listPods(await connect(place))
    await cluster.kubectl('scale', 'deployment/web', '--replicas=0', '-n', place.namespace)
    await cluster.kubectl('wait', '--for=delete', 'pod', '-l', 'app=web', '-n', place.namespace, '--timeout=90s')
    const run = startRun(place, [kill({ target: 'web-1', at: '0s' })], 4_000, { pods })
    expect(await run.exit).toEqual(completed)
    expect(of(run, 'fault.notActive')[0]?.evidence).toMatch(/was not injected in 20 s: no pod was selected; .+/)
    expect(of(run, 'fault.active')).toEqual([])
    expect(await judged(run)).toMatchObject({ result: 'invalid', exitCode: 3 })
    expect(await left(place)).toBe('')
  })

  test('pod-kill and pod-failure, from plan to removal, with real edges', async ({ expect }) => {
    const place = await newPlace(cluster)
    const images = await followImages(place)
    const faults = [kill({ target: 'web-1', at: '0s' }), unavailable({ target: 'web-1', at: '2s', for: '2s' })]
    const run = startRun(place, faults, 6_000)
    expect(await run.exit).toEqual(completed)

    const [killed, failed] = of(run, 'fault.active')
    expect(killed?.evidence).toMatch(/^injected into (web-\S+); \1 is (gone|ending)$/)
    const pod = /^injected into (web-\S+); \1 runs local\/pause:1/.exec(failed?.evidence ?? '')?.[1] ?? ''
    expect(of(run, 'fault.provenRemoved').map(({ evidence }) => evidence)).toEqual([
      expect.stringMatching(`removed from ${pod}; ${pod} runs local/web:1`),
    ])
    expect(images.end().get(pod)).toEqual(['local/web:1', 'local/pause:1', 'local/web:1'])
    // The cluster's clock is this machine's.
    const [difference] = of(run, 'cluster.clock')
    expect(Math.abs(difference?.aheadMs ?? Number.NaN)).toBeLessThanOrEqual(difference?.withinMs ?? 0)
    const events = await eventTimes(cluster, place)
    const edges = [...of(run, 'fault.injected'), ...of(run, 'fault.removed')]
    expect(edges.map(({ type, fault }) => `${type} ${fault}`)).toEqual([
      'fault.injected f1',
      'fault.injected f2',
      'fault.removed f2',
    ])
    for (const [i, times] of [events.Applied[0], events.Applied[1], events.Recovered[0]].entries()) {
      expect(edges[i]?.calledAtMs).toBeLessThanOrEqual((times ?? Number.NaN) + 1)
      expect(edges[i]?.repliedAtMs).toBeGreaterThanOrEqual((times ?? Number.NaN) - 1)
    }
    expect(of(run, 'cluster.left')).toHaveLength(1)
    expect(await left(place)).toBe('')
  })

  test('a probe of the target says whether a fault is felt, and whether it is gone', async ({ expect }) => {
    const place = await newPlace(cluster)
    const images = "-o jsonpath='{.items[*].spec.containers[*].image}'"
    const [kubectl = ''] = cluster.kubectlCommand
    const words = `${kubectl} --context "$HOLDFAST_CONTEXT" -n "$HOLDFAST_NAMESPACE" get pods ${images}`
    const probe = ['sh', '-c', `${words} | grep pause`]
    const felt = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '2s', probe })], 4_000)
    expect(await felt.exit).toEqual(completed)
    expect(of(felt, 'fault.active')[0]?.evidence).toMatch(/; probe sh -c .*: exit 0 .*local\/pause:1/)
    expect(of(felt, 'fault.provenRemoved')[0]?.evidence).toMatch(/; probe sh -c .*: exit 1$/)

    const unfelt = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '2s', probe: ['false'] })], 4_000)
    expect(await unfelt.exit).toEqual(completed)
    expect(of(unfelt, 'fault.notActive')[0]?.evidence).toMatch(/runs local\/pause:1.*; probe false: exit 1$/)
    expect(of(unfelt, 'fault.provenRemoved')).toHaveLength(1)
    expect(await judged(unfelt)).toMatchObject({ result: 'invalid', exitCode: 3 })

    const always = startRun(place, [unavailable({ target: 'web-1', at: '0s', for: '2s', probe: ['true'] })], 3_000)
    expect(await always.exit).toEqual(completed)
    expect(of(always, 'fault.notActive')[0]?.evidence).toContain('its probe does not say that it is absent before')
    expect(of(always, 'fault.injecting')).toEqual([])
    expect(await left(place)).toBe('')
  })

  test('the ledger knows of the run before the cluster does, and one ConfigMap owns its faults', async ({ expect }) => {
    const place = await newPlace(cluster)
    const run = startRun(place, held(), heldMs)
    await run.event('fault.active')
    const names = '{.items[*].metadata.ownerReferences[*].name}'
    const owners = await cluster.kubectl('get', 'podchaos', '-n', place.namespace, '-o', `jsonpath=${names}`)
    expect(await left(place)).toContain(`configmap/${owners}`)
    const order = run.events().map(({ type }) => type)
    expect(order.indexOf('cluster.entered')).toBeLessThan(order.indexOf('load.started'))
    // Whoever deletes it ends every fault of the run.
    await cluster.kubectl('delete', 'configmap', owners, '-n', place.namespace)
    await cluster.kubectl('wait', '--for=delete', 'podchaos', '--all', '-n', place.namespace, '--timeout=90s')
    await interrupted(run)
    expect(of(run, 'fault.provenRemoved')).toHaveLength(1)
    expect(await left(place)).toBe('')
  })

  test('a fault that was paused in between is removed, and the record says that it was', async ({ expect }) => {
    const place = await newPlace(cluster)
    const run = startRun(place, held(), heldMs)
    await run.event('fault.active')
    const pause = 'experiment.chaos-mesh.org/pause'
    const ns = ['-n', place.namespace]
    await cluster.kubectl('annotate', 'podchaos', '--all', `${pause}=true`, ...ns)
    await cluster.kubectl('wait', 'podchaos', '--all', '--for=condition=AllRecovered', ...ns, '--timeout=90s')
    await interrupted(run)
    expect(of(run, 'fault.provenRemoved')[0]?.evidence).toContain('it was paused in between')
    expect(await left(place)).toBe('')
  })

  test('a second run in the namespace is refused, wherever the first was started; who is named to be cleaned up ends', async ({
    expect,
  }) => {
    const place = await newPlace(cluster)
    const first = startRun(place, held(), heldMs)
    await first.event('fault.active')
    // Without faults, too: two loads would judge each other.
    const second = await startRun(place, [], 3_000).exit
    expect(second.said).toContain(`the namespace ${place.namespace} is in use by run ${first.runId}, started on `)
    const options = { ...place, env: 'kubernetes', out: '/nowhere' } as const
    expect(await cleanupCommand(undefined, options)).toBe(0)
    expect(await left(place)).toContain('podchaos')
    expect(await cleanupCommand(first.runId, options)).toBe(0)
    expect((await first.exit).said).toBe(`crashed the lock of the namespace ${place.namespace} was taken away\n`)
    expect(of(first, 'fault.provenRemoved')).toHaveLength(1)
    expect(await left(place)).toBe('')
  })

  test('of many who take the lock of a namespace at once, one gets it', async ({ expect }) => {
    const connected = await connect(await newPlace(cluster))
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => NamespaceLock.take(connected, `run-${n}`)),
    )
    const [lock, ...others] = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(others).toEqual([])
    await lock?.giveBack()
    expect(await currentHolder(connected)).toBeNull()
  })

  test('Holdfast killed: its watchdog takes the faults out of the cluster', async ({ expect }) => {
    const place = await newPlace(cluster)
    const run = startRun(place, held(), heldMs)
    await run.event('fault.active')
    expect(await left(place)).toContain('podchaos')
    run.child.kill('SIGKILL')
    await run.exit
    await expect.poll(() => left(place), { timeout: 60_000 }).toBe('')
    await expect.poll(() => of(run, 'run.ended').length, { timeout: 60_000 }).toBe(1)
    expect(of(run, 'fault.provenRemoved')[0]?.evidence).toContain('the watchdog cleaned up')
  })

  test('Holdfast and its watchdog killed: cleanup by label, without the record', async ({ expect }) => {
    const place = await newPlace(cluster)
    const run = startRun(place, held(), heldMs)
    await run.event('fault.active')
    run.child.kill('SIGSTOP') // it would end in order when its watchdog is gone
    process.kill(watchdogOf(run), 'SIGKILL')
    run.child.kill('SIGKILL')
    await run.exit
    expect(await left(place)).toContain('podchaos')
    const options = { ...place, env: 'kubernetes', out: '/nowhere' } as const
    expect(await cleanupCommand(run.runId, options)).toBe(0)
    expect(await left(place)).toBe('')
    const said = vi.spyOn(process.stdout, 'write')
    expect(await cleanupCommand(run.runId, options)).toBe(0)
    expect(said.mock.calls.join('')).toContain(`nothing of a run of this id is in the namespace ${place.namespace}`)
    await expect(cleanupCommand('latest', options)).rejects.toThrow('no run "latest" in /nowhere')
  })

  test('a context that is not there, and a namespace without pods, are one line each', async ({ expect }) => {
    const place = await newPlace(cluster)
    await expect(connect({ ...place, context: 'nope' })).rejects.toThrow('has no such context')
    const run = startRun({ ...place, namespace: 'nowhere' }, [kill({ target: 'web-1', at: '0s' })], 3_000)
    expect(await run.exit).toMatchObject({
      code: 2,
      said: expect.stringContaining('there is no pod in the namespace nowhere'),
    })
  })
})

describe('when the cluster breaks in the middle', () => {
  test('an API server that is killed and comes back: the fault is followed on, and removed', async () => {
    const place = await newPlace(cluster)
    const run = startRun(place, held(), heldMs)
    await run.event('fault.active')
    await cluster.restartApiServer()
    // What is only seen by who watches again: while it is paused, its resource says nothing of it being removed.
    const ns = ['-n', place.namespace]
    await cluster.kubectl('annotate', 'podchaos', '--all', 'experiment.chaos-mesh.org/pause=true', ...ns)
    await cluster.kubectl('wait', 'podchaos', '--all', '--for=condition=AllRecovered', ...ns, '--timeout=90s')
    await interrupted(run)
    expect(of(run, 'fault.provenRemoved')[0]?.evidence).toContain('it was paused in between')
    expect(await left(place)).toBe('')
  })

  test('the place of a watch that is too old is answered with 410', async () => {
    const place = await newPlace(cluster)
    const { api } = await connect(place)
    const path = `/api/v1/namespaces/${place.namespace}/pods`
    const watching = async () => {
      for await (const line of api.watch(path, { resourceVersion: '1' }, AbortSignal.timeout(30_000))) return line
    }
    expect(await watching().catch((error: { status: number }) => ({ object: { code: error.status } }))).toMatchObject({
      object: { code: 410 },
    })
  })

  test('no controller: what is refused before the start says so, what hangs is told, and cleanup ends it', async () => {
    const place = await newPlace(cluster)
    const run = startRun(place, held(), heldMs)
    await run.event('fault.active')
    await cluster.stopController()
    try {
      await interrupted(run)
      const [stuck] = of(run, 'fault.notRemoved')
      expect(stuck?.evidence).toMatch(/is still there: Chaos Mesh did not remove it in 20 s .* could not be dropped/)
      expect(stuck?.checkBy).toEqual([
        expect.stringMatching(`kubectl --context ${place.context} -n ${place.namespace} get podchaos.chaos-mesh.org `),
      ])
      expect(of(run, 'cluster.left')).toEqual([])
      expect(await left(place)).toContain('podchaos')
      const elsewhere = await newPlace(cluster)
      expect(await startRun(elsewhere, [], 3_000).exit).toEqual(completed) // nothing is asked of Chaos Mesh
      const refused = await startRun(elsewhere, held(), heldMs).exit
      expect(refused.said).toContain('refused: Chaos Mesh does not answer, so no PodChaos can be created')
    } finally {
      await cluster.startController()
    }
    const { failed } = await cleanUp(run.recordDir)
    expect(failed).toEqual([])
    expect(await left(place)).toBe('')
  })
})
