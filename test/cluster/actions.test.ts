import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { drain } from '../../chaos/faults/drain.ts'
import { restart } from '../../chaos/faults/restart.ts'
import { rollout } from '../../chaos/faults/rollout.ts'
import { scale } from '../../chaos/faults/scale.ts'
import type { RunEvent } from '../../model/event.ts'
import { actionNames, type FaultBase } from '../../model/fault.ts'
import type { RecordLine } from '../../model/window.ts'
import { cleanupCommand } from '../../scripts/commands/cleanup.ts'
import { asLeastUser } from './faults/least.ts'
import { deployment, statefulSet } from './faults/objects.ts'
import { type ClusterRun, type Place, startRun, watchdogOf } from './faults/run.ts'
import { sharedCluster } from './shared.ts'

const cluster = sharedCluster()
let place: Place
let count = 0

/** Every test has a namespace of its own with three pods of `web`, one of `db`, two of `queue`, and just the rights it needs. */
beforeEach(async () => {
  const namespace = `actions-${count++}`
  place = { kubeconfig: cluster.kubeconfig, context: cluster.context, namespace }
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    deployment(namespace, 'web', 3),
    deployment(namespace, 'db', 1),
    statefulSet(namespace, 'queue', 2),
  )
  for (const workload of ['deployment/web', 'deployment/db', 'statefulset/queue'])
    await kubectl('rollout', 'status', workload, '--timeout=90s')
  place = await asLeastUser(cluster, place, { kinds: [], actions: actionNames, portForward: false })
})

const kubectl = (...args: string[]): Promise<string> => cluster.kubectl(`--namespace=${place.namespace}`, ...args)
const look = (object: string, path: string): Promise<string> => kubectl('get', object, '-o', `jsonpath={${path}}`)
const wait = (object: string, path: string, value: string): Promise<string> =>
  kubectl('wait', object, `--for=jsonpath={${path}}=${value}`, '--timeout=30s')

/** Everything that carries the label of a run. */
const left = async (): Promise<string> =>
  (await kubectl('get', 'deployments,statefulsets,configmaps', '-l', 'holdfast.dev/run', '-o', 'name')).trim()
const cordoned = async (): Promise<string> =>
  (await cluster.kubectl('get', 'nodes', '-l', 'holdfast.dev/run', '-o', 'name')).trim()

const of = <T extends RunEvent['type']>(run: ClusterRun, type: T) =>
  run.events().filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

/** Values of a series of a component, each once where it stays. */
const series = ({ recordDir }: ClusterRun, component: string, name: string): number[] =>
  readFileSync(join(recordDir, 'windows.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordLine)
    .filter((line) => line.type === 'sample' && line.component === component)
    .flatMap((line) => (line.type === 'sample' ? (line.values[name] ?? []) : []))
    .filter((value, i, all) => value !== all[i - 1])

/** What is on a node is the scheduler's to say. */
const blastRadius = { web: 3, queue: 2, db: 1 }
/** Faults stay until the test has seen what it came for. */
const heldMs = 130_000
const interrupted = async (run: ClusterRun): Promise<void> => {
  run.child.kill('SIGINT')
  expect((await run.exit).said).toBe('interrupted \n')
}
const completed = { code: 0, said: 'completed \n' }
const image = '.spec.template.spec.containers[0].image'
const env = '.spec.template.spec.containers[0].env'

test('scale, rollout and restart: proven active, taken back, and nothing is left; with just the rights that are printed', async () => {
  const template = await look('deployment/db', '.spec.template')
  const run = startRun(
    place,
    [
      scale({ target: 'web', replicas: 2, at: '0s', for: '100s' }),
      rollout({ target: 'db', image: 'local/db:2', env: { MODE: 'new' }, at: '0s', for: '100s' }),
      restart({ target: 'queue', at: '0s' }),
    ],
    heldMs,
  )
  await Promise.all(['f1', 'f2', 'f3'].map((fault) => run.event('fault.active', fault)))
  expect(await left()).toMatch(/^deployment.apps\/db\ndeployment.apps\/web\nconfigmap\/\S+$/)
  expect(await look('deployment/web', '.spec.replicas')).toBe('2')
  expect(await look('deployment/db', image)).toBe('local/db:2')
  expect(await look('deployment/db', env)).toBe('[{"name":"MODE","value":"new"}]')
  // The scaling may come before the first sample.
  await expect.poll(() => series(run, 'web', 'ready_replicas').at(-1), { timeout: 60_000 }).toBe(2)
  expect([[3, 2], [2]]).toContainEqual(series(run, 'web', 'ready_replicas'))
  await interrupted(run)

  const said = (type: 'fault.active' | 'fault.provenRemoved') =>
    Object.fromEntries(of(run, type).map(({ fault, evidence }) => [fault, evidence]))
  expect(said('fault.active')).toEqual({
    f1: 'Deployment web: 2 of 2 replicas, 2 ready, the others are gone',
    f2: 'Deployment db: 1 of 1 replicas updated, 1 available',
    f3: 'StatefulSet queue: 2 of 2 replicas updated, 2 available',
  })
  expect(said('fault.provenRemoved')).toEqual({
    f1: expect.stringMatching(/^Deployment web is as it was; Deployment web: 3 of 3 replicas, \d ready$/),
    f2: expect.stringMatching(
      /^Deployment db is as it was; Deployment db: 1 of 1 pods are of it, \d ready; its template is that from before$/,
    ),
  })
  expect(await look('deployment/web', '.spec.replicas')).toBe('3')
  expect(await look('deployment/db', '.spec.template')).toBe(template)
  expect(await left()).toBe('')
  expect(of(run, 'cluster.left')).toHaveLength(1)
  expect(series(run, 'db', 'restarts')).toEqual([0])
})

test('drain: the node is cordoned, its pods are evicted and come up elsewhere, and it is opened again', async () => {
  const run = startRun(place, [drain({ target: 'db', at: '0s', for: '100s' })], heldMs, { blastRadius })
  const { evidence } = await run.event('fault.active')
  const [, node] = /^node (\S+) is cordoned; .*db-\S+.* evicted and gone$/.exec(evidence) ?? []
  expect(node, evidence).toBeDefined()
  expect(await cordoned()).toBe(`node/${node}`)
  await kubectl('rollout', 'status', 'deployment/db', '--timeout=60s')
  const nodes = (await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].spec.nodeName}')).split(' ')
  expect(nodes).not.toContain(node)
  await interrupted(run)
  expect(of(run, 'fault.provenRemoved')[0]?.evidence).toBe(`Node ${node} is as it was; node ${node} takes pods again`)
  expect(await cordoned()).toBe('')
  expect(await look(`node/${node}`, '.spec.unschedulable')).toBe('')
})

test('a disruption budget that allows no eviction: the drain is not active, and the node is opened again', async () => {
  await cluster.apply({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'db', namespace: place.namespace },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'db' } } },
  })
  await wait('pdb/db', '.status.observedGeneration', '1')
  const faults = [drain({ target: 'db', at: '0s', for: '2s', timeout: '1s' })]
  const run = startRun(place, faults, 5_000, { blastRadius })
  expect(await run.exit).toEqual(completed)
  expect(of(run, 'fault.active')).toEqual([])
  expect(of(run, 'fault.notActive')[0]?.evidence).toMatch(/could not be evicted in 1 s: db-\S+: .*disruption budget/)
  expect(of(run, 'fault.provenRemoved')).toHaveLength(1)
  expect(await cordoned()).toBe('')
})

test('what someone else has changed meanwhile is not overwritten, and the run is not clean', async () => {
  const faults = [
    scale({ target: 'web', replicas: 2, at: '0s', for: '100s' }),
    rollout({ target: 'db', image: 'local/db:2', at: '0s', for: '100s' }),
  ]
  const run = startRun(place, faults, heldMs)
  await Promise.all(['f1', 'f2'].map((fault) => run.event('fault.active', fault)))
  await kubectl('scale', 'deployment/web', '--replicas=5')
  await kubectl('set', 'image', 'deployment/db', 'db=local/db:3')
  await interrupted(run)
  expect(
    of(run, 'fault.notRemoved')
      .map(({ fault, evidence }) => `${fault} ${evidence}`)
      .sort(),
  ).toEqual([
    expect.stringContaining('Deployment web is left as it is: its replicas are 5; they were 3, and the run had set 2'),
    expect.stringContaining(
      'Deployment db is left as it is: the image of db is local/db:3; the run had set local/db:2',
    ),
  ])
  expect(of(run, 'cluster.left')).toEqual([])
  expect(await look('deployment/web', '.spec.replicas')).toBe('5')

  // It stays marked until a person has said that it is right: by the commands that the evidence names.
  const next = await startRun(place, [restart({ target: 'queue', at: '0s' })], 3_000).exit
  expect(next.said).toMatch(
    /refused: what run \S+ left in \S+ could not be removed: Deployment (db|web) is left as it is/,
  )
  for (const object of ['deployment/web', 'deployment/db']) {
    await kubectl('label', object, 'holdfast.dev/run-')
    await kubectl('annotate', object, 'holdfast.dev/before-')
  }
  expect(await cleanupCommand(run.runId, { ...place, env: 'kubernetes', out: '/nowhere' })).toBe(0)
  expect(await left()).toBe('')
})

describe('when something breaks in the middle', () => {
  const held = () => [
    scale({ target: 'web', replicas: 2, at: '0s', for: '100s' }),
    rollout({ target: 'queue', env: { MODE: 'new' }, at: '0s', for: '100s' }),
    drain({ target: 'db', at: '2s', for: '100s' }),
  ]
  const begin = async (): Promise<ClusterRun> => {
    const run = startRun(place, held(), heldMs, { blastRadius })
    await Promise.all(['f1', 'f2', 'f3'].map((fault) => run.event('fault.active', fault)))
    return run
  }
  const isBack = async (): Promise<boolean> =>
    (await left()) === '' &&
    (await cordoned()) === '' &&
    (await look('deployment/web', '.spec.replicas')) === '3' &&
    (await look('statefulset/queue', env)) === ''

  test('Holdfast killed: its watchdog takes everything back', async () => {
    const run = await begin()
    run.child.kill('SIGKILL')
    await run.exit
    await expect.poll(isBack, { timeout: 60_000 }).toBe(true)
    await expect.poll(() => of(run, 'run.ended').length).toBe(1)
    expect(of(run, 'fault.provenRemoved').map(({ fault }) => fault)).toEqual(['f1', 'f2', 'f3'])
  })

  test('Holdfast and its watchdog killed: cleanup by label, without the record', async () => {
    const run = await begin()
    run.child.kill('SIGSTOP') // it would end in order when its watchdog is gone
    process.kill(watchdogOf(run), 'SIGKILL')
    run.child.kill('SIGKILL')
    await run.exit
    expect(await isBack()).toBe(false)
    const again = await startRun(place, [scale({ target: 'web', replicas: 1, at: '0s', for: '2s' })], 4_000).exit
    expect(again.said).toMatch(/Deployment web is still as run \S+ has changed it \| Undo that first: holdfast cleanup/)
    expect(await cleanupCommand(run.runId, { ...place, env: 'kubernetes', out: '/nowhere' })).toBe(0)
    expect(await isBack()).toBe(true)
  })
})

describe('refused before anything starts', () => {
  const refused = async (fault: FaultBase) => (await startRun(place, [fault], 4_000, { blastRadius }).exit).said

  test('an autoscaler that would set the replicas back, a node that is cordoned already, and missing rights', async () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    await cluster.apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: place.namespace },
      spec: { scaleTargetRef: target, minReplicas: 1, maxReplicas: 5 },
    })
    const scaled = scale({ target: 'web', replicas: 2, at: '0s', for: '2s' })
    expect(await refused(scaled)).toContain('those of its HorizontalPodAutoscaler web, which would set them back')
    const node = await look('pods', '.items[0].spec.nodeName')
    await cluster.kubectl('cordon', node)
    try {
      expect(await refused(drain({ node, at: '0s', for: '2s' }))).toContain(`the node ${node} is cordoned already`)
    } finally {
      await cluster.kubectl('uncordon', node)
    }
    await cluster.kubectl('delete', 'clusterrolebinding', `holdfast-${place.namespace}`)
    expect(await refused(drain({ node, at: '0s', for: '2s' }))).toContain(
      'missing rights in the whole cluster: list nodes | Add to a ClusterRole: ',
    )
  })
})
