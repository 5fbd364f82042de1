import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureNodeBinaries } from '../binaries.ts'
import { emptyFolder } from '../folder.ts'
import { type FullCluster, startFullCluster } from './full-cluster.ts'
import { packImage } from './image.ts'
import { prepareMachine } from './requirements.ts'
import { tracesOf } from './traces.ts'

describe.skipIf(prepareMachine() !== null)('a node that runs real pods', () => {
  let cluster: FullCluster
  let kubectl: FullCluster['kubectl']
  let before: string[]
  beforeAll(async () => {
    const { web } = await ensureNodeBinaries()
    const folder = emptyFolder('')
    before = await tracesOf(folder)
    cluster = await startFullCluster({ folder })
    kubectl = (...args) => cluster.kubectl('--namespace=demo', ...args)
    const image = { reference: 'local/web:1', files: { '/web': web }, entrypoint: ['/web'] }
    await cluster.importImage(await packImage(image, cluster.folder))
    await cluster.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } },
      ...['asker', 'answerer'].flatMap(webObjects),
    )
    for (const name of ['asker', 'answerer']) await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s')
  })
  afterAll(() => cluster?.stop())

  /** What the asker gets from another address; through the API server, so that no fault between pods concerns it. */
  const ask = (url: string): Promise<string> => {
    const path = `/api/v1/namespaces/demo/services/asker:8080/proxy/get?url=${encodeURIComponent(url)}`
    return kubectl('get', '--raw', path)
  }
  const podOf = async (name: string): Promise<Pod> =>
    (JSON.parse(await kubectl('get', 'pods', `--selector=app=${name}`, '--output=json')) as { items: Pod[] })
      .items[0] as Pod
  const inject = async (kind: string, name: string, spec: object) => {
    await cluster.apply({ apiVersion: 'chaos-mesh.org/v1alpha1', kind, metadata: { name, namespace: 'demo' }, spec })
    await kubectl('wait', `${kind}/${name}`, '--for=condition=AllInjected', '--timeout=30s')
  }
  /** The controller takes the fault away before it lets go of the object. */
  const remove = (kind: string, name: string) => kubectl('delete', `${kind}/${name}`, '--timeout=60s')
  const selector = (app: string) => ({ mode: 'all', selector: { namespaces: ['demo'], labelSelectors: { app } } })

  test('a pod reaches another by the name and the address of its service, and by its own', async () => {
    const { status } = await podOf('answerer')
    expect(await ask(`http://${status.podIP}:8080/`)).toMatch(/^ok answerer-/)
    // The way of a new service is made some moments after its pods are Ready.
    const byName = () => ask('http://answerer.demo.svc.cluster.local:8080/').catch((error: Error) => error.message)
    await expect.poll(byName).toMatch(/^ok answerer-/)
  })

  test('a partition cuts the way to the pod, and is gone with its object', async () => {
    const { status } = await podOf('answerer')
    const partition = { action: 'partition', direction: 'to', ...selector('asker'), target: selector('answerer') }
    await inject('NetworkChaos', 'cut', partition)
    await expect(ask(`http://${status.podIP}:8080/`)).rejects.toThrow('Client.Timeout')
    await expect(ask('http://answerer.demo.svc.cluster.local:8080/')).rejects.toThrow('Client.Timeout')
    await remove('NetworkChaos', 'cut')
    expect(await ask(`http://${status.podIP}:8080/`)).toMatch(/^ok answerer-/)
  })

  test('container-kill: the kubelet starts the container again', async () => {
    await inject('PodChaos', 'kill', {
      action: 'container-kill',
      containerNames: ['web'],
      ...selector('answerer'),
    })
    await kubectl('wait', 'pod', '--selector=app=answerer', `--for=jsonpath=${restarts}=1`, '--timeout=60s')
    await kubectl('wait', 'pod', '--selector=app=answerer', '--for=condition=Ready', '--timeout=60s')
    expect(await ask('http://answerer.demo.svc.cluster.local:8080/')).toMatch(/^ok answerer-/)
  })

  test('pod-failure: the pod is not Ready for as long as it lasts', async () => {
    await inject('PodChaos', 'fail', { action: 'pod-failure', ...selector('answerer') })
    await kubectl('wait', 'pod', '--selector=app=answerer', '--for=condition=Ready=false', '--timeout=60s')
    await remove('PodChaos', 'fail')
    await kubectl('wait', 'pod', '--selector=app=answerer', '--for=condition=Ready', '--timeout=90s')
  })

  test('CPU stress runs in the cgroup of the pod, and nowhere else', async () => {
    const { metadata } = await podOf('answerer')
    await inject('StressChaos', 'burn', { ...selector('answerer'), stressors: { cpu: { workers: 2, load: 20 } } })
    await expect.poll(() => stressorsIn(cluster.folder, metadata.uid).length).toBeGreaterThanOrEqual(2)
    await remove('StressChaos', 'burn')
    await expect.poll(() => stressorsIn(cluster.folder, metadata.uid)).toEqual([])
  })

  test('nothing of it is left on the machine', async () => {
    const newTraces = async () => (await tracesOf(cluster.folder)).filter((trace) => !before.includes(trace))
    expect(await newTraces()).toContainEqual(expect.stringMatching(/^link hf/))
    await cluster.stop()
    expect(existsSync(cluster.folder)).toBe(false)
    expect(await newTraces()).toEqual([])
  })
})

interface Pod {
  metadata: { name: string; uid: string }
  status: { podIP: string }
}

const restarts = '{.status.containerStatuses[0].restartCount}'

/** Pids of stress-ng in a cgroup of the pod. */
const stressorsIn = (folder: string, uid: string): string[] => {
  const parent = readFileSync(join(folder, 'cgroup'), 'utf8')
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const cgroups = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
        return (
          cgroups.includes(parent) &&
          cgroups.includes(uid) &&
          readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('stress-ng')
        )
      } catch (error) {
        if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false // it has just ended
        throw error
      }
    })
}

const webObjects = (name: string) => {
  const metadata = { name, namespace: 'demo' }
  const labels = { app: name }
  const container = {
    name: 'web',
    image: 'local/web:1',
    imagePullPolicy: 'Never',
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
  }
  const template = { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 1 } }
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 8080 }] } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector: { matchLabels: labels }, template } },
  ]
}
