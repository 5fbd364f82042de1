import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { startInjection } from '../../chaos/drivers/index.ts'
import { checkAccess } from '../../chaos/drivers/kube/access.ts'
import { KubeApi, type Method } from '../../chaos/drivers/kube/api.ts'
import { type Cluster as Connected, connect, reconnect } from '../../chaos/drivers/kube/connect.ts'
import { takeInventory } from '../../chaos/drivers/kube/inventory.ts'
import { NamespaceLock } from '../../chaos/drivers/kube/lock.ts'
import { experimentPath } from '../../chaos/drivers/kube/names.ts'
import { listPods } from '../../chaos/drivers/kube/pods.ts'
import { removeExperiment } from '../../chaos/drivers/kube/removal.ts'
import { type Needs, type Right, rightsFor, rightsForActions } from '../../chaos/drivers/kube/rights.ts'
import { listRuns } from '../../chaos/drivers/kube/runs.ts'
import { type MeshInjection, MeshSession } from '../../chaos/drivers/kube/session.ts'
import { kill } from '../../chaos/faults/kill.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import { actionNames, type ClusterAction } from '../../model/fault.ts'
import { commandsOnly } from '../../run/environment.ts'
import { rbacManifests } from '../../scripts/commands/manifests.ts'
import { specNamespace, specRows } from '../fixtures/chaos-mesh-specs.ts'
import { deployment, statefulSet } from './faults/objects.ts'
import { startRun } from './faults/run.ts'
import { sharedCluster } from './shared.ts'

const namespace = 'rights'
/** A spec of the table, aimed at this namespace. */
const specOf = (kind: string, title: string): object => {
  const { spec } = specRows.find((row) => row.kind === kind && row.title === title) ?? {}
  return JSON.parse(JSON.stringify(spec).replaceAll(`"${specNamespace}"`, `"${namespace}"`))
}
/** A right is there some time after its Role. */
const waiting = { timeout: 60_000 }
const cluster = sharedCluster()
beforeAll(async () => {
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    deployment(namespace, 'web', 3),
    deployment(namespace, 'db', 1),
  )
  for (const app of ['web', 'db'])
    await cluster.kubectl('rollout', 'status', `deployment/${app}`, `--namespace=${namespace}`, '--timeout=90s')
})

interface Rbac {
  kind: string
  metadata: { name: string }
  rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[]
  subjects?: { name: string }[]
  roleRef?: { name: string }
}

/** The printed manifests under another name, without one verb. */
const manifests = (needs: Needs, name: string, without?: { resource: string; verb: string }): object[] =>
  parseAllDocuments(rbacManifests(namespace, needs)).map((document) => {
    const object = document.toJS() as Rbac
    return {
      ...object,
      metadata: { ...object.metadata, name },
      ...(object.rules && {
        rules: object.rules
          .map((rule) =>
            rule.resources[0] === without?.resource
              ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== without?.verb) }
              : rule,
          )
          .filter(({ verbs }) => verbs.length > 0),
      }),
      ...(object.subjects && { subjects: object.subjects.map((subject) => ({ ...subject, name })) }),
      ...(object.roleRef && { roleRef: { ...object.roleRef, name } }),
    }
  })

/** A kubeconfig with which one is that service account. */
const kubeconfigOf = async (name: string): Promise<string> => {
  const token = (await cluster.kubectl('create', 'token', name, '-n', namespace)).trim()
  const kubeconfig = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'))
  const file = join(cluster.folder, `${name}.kubeconfig`)
  const user = kubeconfig.contexts[0].context.user
  writeFileSync(file, JSON.stringify({ ...kubeconfig, users: [{ name: user, user: { token } }] }), { mode: 0o600 })
  return file
}

/** The cluster as that service account sees it. */
const as = async (name: string): Promise<Connected> =>
  await connect({ kubeconfig: await kubeconfigOf(name), context: cluster.context, namespace })

/** Every kind of experiment is granted the same. */
const anyKind = (resource: string): string => resource.replace(/^[a-z]+chaos$/, 'experiments')

/** The rights that a call takes; Chaos Mesh's webhook asks for one more of whoever patches. */
const verbsOf = (method: Method, path: string, isWatch: boolean): string[] => {
  if (isWatch) return ['watch']
  const isOne = /\/(configmaps|leases|services|pods|[a-z]+chaos)\/[^/]+$/.test(path)
  return {
    GET: [isOne ? 'get' : 'list'],
    POST: ['create'],
    PATCH: path.includes('chaos-mesh.org') ? ['patch', 'update'] : ['patch'],
    DELETE: ['delete'],
  }[method]
}

describe('the rights that are printed', () => {
  const needs: Needs = { kinds: ['NetworkChaos', 'PodChaos'], actions: [], portForward: true }

  test('suffice for a whole life of a fault, and each of them is used', async () => {
    await cluster.apply(...manifests({ ...needs, portForward: false }, 'just-enough'))
    const connected = await as('just-enough')
    const granted = rightsFor({ ...needs, portForward: false })
    await expect
      .poll(() => checkAccess(connected, granted).catch((error: Error) => error.message), waiting)
      .toBeUndefined()

    const used = new Set<string>()
    const note = (method: Method, path: string, isWatch = false) => {
      const resource = /\/namespaces\/[^/]+\/([a-z]+)/.exec(path)?.[1]
      if (resource === undefined) return
      for (const verb of verbsOf(method, path, isWatch)) used.add(`${verb} ${anyKind(resource)}`)
    }
    const call = KubeApi.prototype.call
    const watch = KubeApi.prototype.watch
    vi.spyOn(KubeApi.prototype, 'call').mockImplementation(function (this: KubeApi, method, path, options) {
      note(method, path)
      return call.call(this, method, path, options) as never
    })
    vi.spyOn(KubeApi.prototype, 'watch').mockImplementation(function (this: KubeApi, path, query, signal) {
      note('GET', path, true)
      return watch.call(this, path, query, signal) as never
    })
    try {
      await wholeLife(connected)
    } finally {
      vi.restoreAllMocks()
    }
    const named = granted.flatMap(({ resource, verbs }) => verbs.map((verb) => `${verb} ${anyKind(resource)}`))
    expect([...used].sort()).toEqual([...new Set(named)].sort())
  })

  test('inside a pod its service account is used, and no kubeconfig', async () => {
    await cluster.apply(...manifests({ kinds: [], actions: [], portForward: false }, 'in-a-pod'))
    const { clusters, users } = JSON.parse(readFileSync(await kubeconfigOf('in-a-pod'), 'utf8'))
    const mounted = join(cluster.folder, 'in-a-pod/var/run/secrets/kubernetes.io/serviceaccount')
    mkdirSync(mounted, { recursive: true })
    writeFileSync(join(mounted, 'token'), users[0].user.token)
    writeFileSync(join(mounted, 'ca.crt'), Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'))
    const { hostname, port } = new URL(clusters[0].cluster.server)
    vi.stubEnv('KUBERNETES_SERVICE_HOST', hostname)
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port)
    // The files are where the kubelet of a pod would put them, but for the folder of the cluster before them.
    const load = KubeConfig.prototype.loadFromCluster
    vi.spyOn(KubeConfig.prototype, 'loadFromCluster').mockImplementation(function (this: KubeConfig) {
      load.call(this, join(cluster.folder, 'in-a-pod'))
    })
    try {
      const connected = await connect({ inCluster: true, namespace })
      expect(connected.ref).toMatchObject({ context: null, kubeconfig: [] })
      await expect.poll(() => listPods(connected).then((pods) => pods.length), waiting).toBe(4)
      // The watchdog finds it again by what the ledger says.
      expect(await listPods(await reconnect(connected.ref))).toHaveLength(4)
      await expect(listRuns(connected)).rejects.toThrow('system:serviceaccount:rights:in-a-pod')
    } finally {
      vi.restoreAllMocks()
      vi.unstubAllEnvs()
    }
  })

  test('suffice for a run, from its plan to the last removal', async () => {
    await cluster.apply(...manifests({ kinds: ['PodChaos'], actions: [], portForward: false }, 'just-pods'))
    const kubeconfig = await kubeconfigOf('just-pods')
    const faults = [kill({ target: 'web-1', at: '0s' }), unavailable({ target: 'web-1', at: '1s', for: '1s' })]
    const run = startRun({ kubeconfig, context: cluster.context, namespace }, faults, 5_000)
    expect(await run.exit).toEqual({ code: 0, said: 'completed \n' })
    const types = run.events().map(({ type }) => type)
    expect(types.filter((type) => type.startsWith('fault.') && type !== 'fault.removed')).toEqual(
      expect.arrayContaining(['fault.active', 'fault.provenRemoved']),
    )
    expect(types).toContain('cluster.left')
  })

  test('without update, Chaos Mesh lets nobody drop a finalizer', async () => {
    const without = { resource: 'podchaos', verb: 'update' }
    await cluster.apply(...manifests({ kinds: ['PodChaos'], actions: [], portForward: false }, 'no-update', without))
    const session = new MeshSession(await as('no-update'), 'no-update')
    const spec = specOf('PodChaos', 'pod-failure')
    await session.create({ driver: 'chaos-mesh', namespace, kind: 'PodChaos', spec, oneShot: false }, 'no-update')
    const path = experimentPath(namespace, 'PodChaos', 'no-update')
    const patch = session.cluster.api.call('PATCH', path, { body: { metadata: { finalizers: [] } } })
    await expect(patch).rejects.toThrow('is forbidden on namespace rights')
    await session.cluster.api.call('DELETE', path)
  })

  test('each that is missing is named, with the rule that grants it', async () => {
    await eachIsNamed(needs)
  })
})

describe('the rights for what is done to a cluster itself', () => {
  const needs: Needs = { kinds: [], actions: actionNames, portForward: false }
  const own = rightsForActions(actionNames).flatMap(({ resource, verbs }) => verbs.map((verb) => `${verb} ${resource}`))

  test('suffice for all of it, and each of them is used', async () => {
    await cluster.apply(statefulSet(namespace, 'queue', 1), ...manifests(needs, 'just-actions'))
    const connected = await as('just-actions')
    await expect
      .poll(() => checkAccess(connected, rightsFor(needs)).catch((error: Error) => error.message), waiting)
      .toBeUndefined()
    const used = new Set<string>()
    const call = KubeApi.prototype.call
    vi.spyOn(KubeApi.prototype, 'call').mockImplementation(function (this: KubeApi, method, path, options) {
      const [, resource, name] =
        /\/(deployments|statefulsets|horizontalpodautoscalers|nodes)(\/[^/]+)?$/.exec(path) ?? []
      if (path.endsWith('/eviction')) used.add('create pods/eviction')
      else if (resource !== undefined) used.add(`${method === 'GET' ? (name ? 'get' : 'list') : 'patch'} ${resource}`)
      return call.call(this, method, path, options) as never
    })
    try {
      await everyAction(connected)
    } finally {
      vi.restoreAllMocks()
    }
    expect([...used].sort()).toEqual(own.sort())
  })

  test('each that is missing is named, with the rule that grants it', async () => {
    await eachIsNamed(needs, (right) => own.includes(right))
  })
})

/** Takes one verb away at a time: the refusal names it. */
const eachIsNamed = async (needs: Needs, isMeant = (_right: string) => true): Promise<void> => {
  const rights = rightsFor(needs)
  const each = rights
    .flatMap(({ resource, verbs }) => verbs.map((verb) => ({ resource, verb })))
    .filter(({ resource, verb }) => isMeant(`${verb} ${resource}`))
  const nameWithout = ({ resource, verb }: (typeof each)[number]) => `no-${verb}-${resource.replace('/', '-')}`
  await cluster.apply(...each.flatMap((without) => manifests(needs, nameWithout(without), without)))
  for (const without of each) {
    const connected = await as(nameWithout(without))
    // Planning comes to the pods before the rights are asked for.
    const asked = () => (without.resource === 'pods' ? listPods(connected) : checkAccess(connected, rights))
    const refusal = () =>
      asked().then(
        () => 'nothing is missing',
        (error: Error & { hint?: string }) => `${error.message} | ${error.hint}`,
      )
    const { apiGroup, inWholeCluster } = rights.find(({ resource }) => resource === without.resource) as Right
    const rule = `{apiGroups: ["${apiGroup}"], resources: ["${without.resource}"], verbs: ["${without.verb}"]}`
    const where = inWholeCluster ? 'in the whole cluster' : `in the namespace ${namespace}`
    await expect
      .poll(refusal, waiting)
      .toBe(
        `missing rights ${where}: ${without.verb} ${without.resource} | Add to ${inWholeCluster ? 'a ClusterRole' : 'a Role there'}: ${rule} (\`holdfast manifests rbac\` prints all of it).`,
      )
  }
}

/** From the plan's look at the cluster to the undo, of each. */
const everyAction = async (connected: Connected): Promise<void> => {
  await takeInventory(connected, [...actionNames])
  const [pod] = await listPods(connected)
  const session = new MeshSession(connected, 'every-action')
  const deployment = { kind: 'Deployment', name: 'web' } as const
  const queue = { kind: 'StatefulSet', name: 'queue' } as const
  const actions: ClusterAction[] = [
    { action: 'scale', workload: deployment, replicas: 2, timeoutMs: 60_000 },
    { action: 'restart', workload: queue, timeoutMs: 60_000 },
    { action: 'drain', node: pod?.node ?? '', timeoutMs: 60_000 },
  ]
  for (const action of actions) {
    const injection = { driver: 'kubernetes', namespace, ...action } as const
    const active = startInjection(injection, { ...commandsOnly('kubernetes', 'whole-life', {}), mesh: () => session })
    await active.inject()
    expect(await active.confirmActive()).toMatchObject({ ok: true })
    await active.undo?.()
    if (active.confirmRemoved) expect(await active.confirmRemoved()).toMatchObject({ ok: true })
  }
}

/** From the pods of a plan to a finalizer that has to be dropped: every call that a run can make. */
const wholeLife = async (connected: Connected): Promise<void> => {
  expect(await listPods(connected)).toHaveLength(4)
  // The first is made, the second is one that nobody holds.
  const first = await NamespaceLock.take(connected, 'whole-life')
  await first.giveBack()
  await cluster.apply({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'holdfast', namespace },
  })
  const lock = await NamespaceLock.take(connected, 'whole-life')
  expect(await listRuns(connected)).toEqual([])
  const session = new MeshSession(connected, 'whole-life')
  await session.begin('whole-life', ['NetworkChaos', 'PodChaos'])
  const inject = async (kind: string, title: string) => {
    const spec = specOf(kind, title)
    const injection: MeshInjection = { driver: 'chaos-mesh', namespace, kind, spec, oneShot: false }
    await session.create(injection, session.nextName(kind), { dryRun: true })
    return injection
  }
  const failure = startInjection(await inject('PodChaos', 'pod-failure'), {
    ...commandsOnly('kubernetes', 'whole-life', {}),
    mesh: () => session,
  })
  await failure.prepare?.()
  await failure.inject()
  expect(await failure.confirmActive()).toMatchObject({ ok: true })
  await failure.undo?.()
  expect(await failure.confirmRemoved?.()).toMatchObject({ ok: true })
  // Without a daemon it stays, and its finalizer has to go.
  const stuck = session.nextName('NetworkChaos')
  await session.create(await inject('NetworkChaos', 'a delay'), stuck)
  await cluster.kubectl('wait', `networkchaos/${stuck}`, '-n', namespace, '--for=condition=Selected', '--timeout=90s')
  const removal = await removeExperiment(connected, { namespace, kind: 'NetworkChaos', name: stuck }, 500)
  expect(removal).toEqual({ gone: true, forced: true, why: expect.stringContaining('did not remove it') })
  // Watches come with the first injection of each kind.
  const watched = startInjection(await inject('NetworkChaos', 'a delay'), {
    ...commandsOnly('kubernetes', 'whole-life', {}),
    mesh: () => session,
  })
  await expect(watched.inject(AbortSignal.timeout(1_000))).rejects.toThrow('the run was stopped')
  await session.end(500)
  await lock.giveBack()
  expect(await listRuns(connected)).toEqual([])
}
