import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from './cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster?.stop())

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'demo' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'local/web:1' }] },
    },
  },
}

const podKill = (name: string) => ({
  apiVersion: 'chaos-mesh.org/v1alpha1',
  kind: 'PodChaos',
  metadata: { name, namespace: 'demo' },
  spec: { action: 'pod-kill', mode: 'one', selector: { namespaces: ['demo'], labelSelectors: { app: 'web' } } },
})

test('pods are scheduled on the played nodes and become Ready', async () => {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } }, deployment)
  await cluster.kubectl('rollout', 'status', 'deployment/web', '--namespace=demo', '--timeout=90s')
  const nodes = await cluster.kubectl('get', 'pods', '-n', 'demo', '-o', 'jsonpath={.items[*].spec.nodeName}')
  expect(nodes.split(' ').sort()).toEqual(['kwok-0', 'kwok-1'])
})

test('the current context of the kubeconfig is nothing to rely on', async () => {
  expect(JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'))).not.toHaveProperty('current-context')
})

test('Chaos Mesh kills a pod', async () => {
  const pods = () => cluster.kubectl('get', 'pods', '-n', 'demo', '-o', 'name')
  const before = (await pods()).trim().split('\n')
  await cluster.apply(podKill('kill-one'))
  await cluster.kubectl('wait', 'podchaos/kill-one', '-n', 'demo', '--for=condition=AllInjected', '--timeout=90s')
  const records = '{.status.experiment.containerRecords[*].id}'
  const killed = (await cluster.kubectl('get', 'podchaos/kill-one', '-n', 'demo', '-o', `jsonpath=${records}`)).trim()
  expect(before).toContain(`pod/${killed.split('/')[1]}`)
  await cluster.kubectl('wait', '--for=delete', `pod/${killed.split('/')[1]}`, '-n', 'demo', '--timeout=90s')
})

test('without the controller its webhook refuses; with it again, an experiment is taken', async () => {
  await cluster.stopController()
  await expect(cluster.apply(podKill('refused'))).rejects.toThrow('failed calling webhook')
  await cluster.startController()
  await cluster.apply(podKill('taken'))
  await cluster.kubectl('wait', 'podchaos/taken', '-n', 'demo', '--for=condition=AllInjected', '--timeout=90s')
})

test('an API server that was killed comes back on the same port, with its data', async () => {
  await cluster.restartApiServer()
  expect(await cluster.kubectl('get', 'deployment/web', '-n', 'demo', '-o', 'name')).toBe('deployment.apps/web\n')
})

test('kubectl says why it failed', async () => {
  await expect(cluster.kubectl('get', 'pods', '--no-such-option')).rejects.toThrow('unknown flag')
})

test('a cluster ends with its owner, also when that is killed', async () => {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'up.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [kubeconfig] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string]
  const server = JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster.server
  const folder = dirname(kubeconfig)
  owner.kill('SIGKILL')
  await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false)
  await expect(fetch(server)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
}, 120_000)
