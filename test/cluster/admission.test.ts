import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { chaosMeshApiVersion, chaosMeshKinds } from '../../chaos/crds/chaos-mesh.ts'
import { hasStatus } from '../../chaos/drivers/kube/api.ts'
import { type Cluster as Connected, connect } from '../../chaos/drivers/kube/connect.ts'
import { MeshSession } from '../../chaos/drivers/kube/session.ts'
import { bandwidth } from '../../chaos/faults/bandwidth.ts'
import { chaosMesh } from '../../chaos/faults/chaosMesh.ts'
import { clockSkew } from '../../chaos/faults/clockSkew.ts'
import { cpuStress } from '../../chaos/faults/cpuStress.ts'
import { dnsFault } from '../../chaos/faults/dnsFault.ts'
import { httpFault } from '../../chaos/faults/httpFault.ts'
import { faults as faultKinds } from '../../chaos/faults/index.ts'
import { ioFault } from '../../chaos/faults/ioFault.ts'
import { kill } from '../../chaos/faults/kill.ts'
import { latency } from '../../chaos/faults/latency.ts'
import { memoryStress } from '../../chaos/faults/memoryStress.ts'
import { packetLoss } from '../../chaos/faults/packetLoss.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import { eventTimeMs } from '../../chaos/mesh/edges.ts'
import { refusalsOf } from '../../chaos/mesh/refusals.ts'
import { type ExportContext, scheduleOf, workflowOf } from '../../chaos/mesh/workflow.ts'
import type { FaultBase } from '../../model/fault.ts'
import type { System } from '../../model/system.ts'
import { planFaults } from '../../plan/faults.ts'
import { readCrds } from '../../scripts/crds/source.ts'
import { projectDir } from '../../scripts/project.ts'
import { specNamespace, specRows } from '../fixtures/chaos-mesh-specs.ts'
import { sharedCluster } from './shared.ts'

const cluster = sharedCluster()
let connected: Connected
let api: Connected['api']
beforeAll(async () => {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: specNamespace } })
  const { context, kubeconfig } = cluster
  connected = await connect({ context, kubeconfig, namespace: specNamespace })
  api = connected.api
})

/** What the API server and the webhooks say to it; it is not kept. */
const admit = async (resource: { kind: string; spec: object }): Promise<'taken' | 'refused'> => {
  const { plural } = chaosMeshKinds[resource.kind as keyof typeof chaosMeshKinds]
  const path = `/apis/${chaosMeshApiVersion}/namespaces/${specNamespace}/${plural}`
  const body = { apiVersion: chaosMeshApiVersion, metadata: { generateName: 'spec-' }, ...resource }
  try {
    await api.call('POST', path, { query: { dryRun: 'All', fieldValidation: 'Strict' }, body })
    return 'taken'
  } catch (error) {
    // Anything else is no answer: a webhook that cannot be reached is a 500.
    if ([400, 403, 422].some((status) => hasStatus(error, status))) return 'refused'
    throw error
  }
}

describe('our refusals are those of the admission, and more', () => {
  test.each(specRows.map((row) => [`${row.kind}: ${row.title}`, row] as const))('%s', async (_title, row) => {
    const { kind, spec, refused } = row
    expect(await admit({ kind, spec })).toBe(refused?.by === 'admission' ? 'refused' : 'taken')
    expect(refusalsOf({ kind, spec })).toHaveLength(refused === null ? 0 : 1)
  })
})

test('a field that Chaos Mesh does not know is refused by its name, not dropped', async () => {
  const session = new MeshSession(connected, 'a-run')
  const spec = { action: 'pod-kill', mode: 'one', selector: { labelSelectors: { app: 'web' } }, gracePeriods: 5 }
  const injection = { driver: 'chaos-mesh', namespace: specNamespace, kind: 'PodChaos', spec, oneShot: true } as const
  await expect(session.create(injection, 'a-fault', { dryRun: true })).rejects.toThrow(
    /no PodChaos can be created: .*unknown field "spec.gracePeriods"/,
  )
})

test('the types know every kind of the cluster', async () => {
  const crds = await readCrds('cluster', { context: cluster.context, kubeconfig: cluster.kubeconfig })
  const kinds = crds.filter(({ spec }) => spec.group === 'chaos-mesh.org').map(({ spec }) => spec.names.kind)
  expect(kinds.sort()).toEqual(Object.keys(chaosMeshKinds).sort())
})

const selectors = { api: { app: 'api' }, db: { app: 'db' } }
const system: System = {
  name: 'shop',
  title: 'Shop',
  components: { api: { role: 'a', replicas: 2 }, db: { role: 'd', replicas: 2 } },
  links: [{ from: 'api', to: 'db' }],
  sloFile: '',
  weaknesses: {},
  secretEnv: [],
  kubernetes: { selectors },
}
const plan = (faults: FaultBase[]) =>
  planFaults(faults, {
    system,
    environment: 'kubernetes',
    file: 'g.ts',
    steadyEndMs: 0,
    blastRadius: { api: 2, db: 2 },
    namespace: specNamespace,
  })

const target = 'api-1'
const link = { from: 'api', to: 'db' }
/** One of each kind that becomes a resource, one after the other. */
const everyFault: FaultBase[] = [
  kill({ target, at: '0s' }),
  unavailable({ target, at: '10s', for: '5s' }),
  latency({ ...link, ms: 50, jitterMs: 5, at: '20s', for: '5s' }),
  bandwidth({ ...link, kilobytesPerSecond: 8, at: '30s', for: '5s' }),
  partition({ ...link, at: '40s', for: '5s' }),
  packetLoss({ ...link, lossRatio: 0.05, at: '50s', for: '5s' }),
  cpuStress({ target, loadRatio: 0.5, at: '60s', for: '5s' }),
  memoryStress({ target, megabytes: 64, at: '70s', for: '5s' }),
  httpFault({ target, port: 80, path: '/orders/*', method: 'GET', status: 503, at: '80s', for: '5s' }),
  httpFault({ target, port: 80, abort: true, at: '90s', for: '5s' }),
  ioFault({ target, volumePath: '/data', delayMs: 10, at: '100s', for: '5s' }),
  ioFault({ target, volumePath: '/data', errno: 28, ratio: 0.5, at: '110s', for: '5s' }),
  dnsFault({ target, patterns: ['mail.example.com'], at: '120s', for: '5s' }),
  clockSkew({ target, offsetSeconds: -300, at: '130s', for: '5s' }),
  chaosMesh({ kind: 'PodChaos', target, spec: { action: 'container-kill', containerNames: ['api'] }, at: '140s' }),
]

test('what every kind of fault becomes is taken', async () => {
  const planned = plan(everyFault)
  const mapped = Object.values(faultKinds).filter((kind) => 'chaosMesh' in kind)
  expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(mapped.map(({ kind }) => kind)))
  for (const { label, injections } of planned) {
    const [injection] = injections
    if (injection?.driver !== 'chaos-mesh') throw new Error(`${label} is no resource`)
    expect([label, await admit({ kind: injection.kind, spec: injection.spec })]).toEqual([label, 'taken'])
  }
})

describe('an exported game day', () => {
  const context = (faults: FaultBase[]): ExportContext => ({
    gameDay: 'shop/everything',
    namespace: specNamespace,
    faults: plan(faults),
    startMs: 0,
  })

  test('with every kind of fault is taken, as a Workflow and as a Schedule', async () => {
    expect(await admit(workflowOf(context(everyFault)))).toBe('taken')
    expect(await admit(scheduleOf(context(everyFault), '0 10 * * 2'))).toBe('taken')
    expect(await admit(scheduleOf(context(everyFault), 'at ten'))).toBe('refused')
  })

  test('as the command prints it is taken', async () => {
    const words = [
      'scripts/holdfast.ts',
      'export',
      'chaos-mesh',
      'batchsender/kubernetes',
      '--namespace',
      specNamespace,
    ]
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: projectDir })
    expect(await admit(parse(stdout))).toBe('taken')
  })

  test('runs to its end, and leaves no fault', async () => {
    const pods = { containers: [{ name: 'api', image: 'local/web:1' }] }
    await cluster.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'api', namespace: specNamespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: selectors.api },
        template: { metadata: { labels: selectors.api }, spec: pods },
      },
    })
    await cluster.kubectl('rollout', 'status', 'deployment/api', '-n', specNamespace, '--timeout=90s')
    const faults = [kill({ target, at: '0s' }), unavailable({ target, at: '7s', for: '3s' })]
    await cluster.apply(workflowOf(context(faults)))
    const wait = ['wait', 'workflow/shop-everything', '-n', specNamespace, '--for=condition=Accomplished']
    await cluster.kubectl(...wait, '--timeout=90s')
    const events = await cluster.kubectl(
      ...['get', 'events', '-n', specNamespace, '--field-selector=involvedObject.kind=PodChaos', '-o', 'json'],
    )
    const said: { reason: string; involvedObject: { name: string }; metadata: { name: string } }[] =
      JSON.parse(events).items
    const timesOf = (wanted: string, fault: string) =>
      said
        .filter(({ reason, involvedObject }) => reason === wanted && involvedObject.name.startsWith(`${fault}-`))
        .map((event) => eventTimeMs(event) ?? 0)
    // A kill has nothing to recover from; it says so when its node ends.
    for (const fault of ['f1-kill', 'f2-unavailable']) {
      const [[applied = 0], [recovered = 0]] = [timesOf('Applied', fault), timesOf('Recovered', fault)]
      expect(applied).toBeGreaterThan(0)
      expect(recovered).toBeGreaterThan(applied)
    }
    const created = '--output=jsonpath={.metadata.creationTimestamp}'
    const start = Date.parse(await cluster.kubectl('get', 'workflow/shop-everything', '-n', specNamespace, created))
    expect(timesOf('Applied', 'f2-unavailable')[0]).toBeGreaterThanOrEqual(start + 7_000)
    await cluster.kubectl('wait', 'podchaos', '--all', '-n', specNamespace, '--for=delete', '--timeout=90s')
  })
})
