import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from './cluster.ts'

const projectDir = resolve(import.meta.dirname, '../..')
const dir = mkdtempSync(join(tmpdir(), 'holdfast-manifests-'))
let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
})
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  await cluster?.stop()
})

const print = (...args: string[]): string => {
  const file = join(dir, `${args[0]}.yaml`)
  const program = join(projectDir, 'scripts/holdfast.ts')
  writeFileSync(file, execFileSync(process.execPath, [program, 'manifests', ...args], { encoding: 'utf8' }))
  return file
}

// A field that the API server does not know is an error there, not only a warning.
const strictly = ['--namespace=shop', '--dry-run=server', '--validate=strict', '--output=name']

test('the API server takes the CronJob of a game day and its rights as they are printed', async () => {
  const schedule = ['--namespace', 'shop', '--schedule', '0 10 * * 2', '--time-zone', 'Europe/Berlin']
  const file = print('cronjob', 'batchsender/kubernetes', ...schedule, '--image', 'holdfast:1')
  const applied = await cluster.kubectl('apply', ...strictly, `--filename=${file}`)
  expect(applied.trim().split('\n')).toEqual([
    'serviceaccount/holdfast',
    'role.rbac.authorization.k8s.io/holdfast',
    'rolebinding.rbac.authorization.k8s.io/holdfast',
    'persistentvolumeclaim/holdfast-batchsender-kubernetes-records',
    'cronjob.batch/holdfast-batchsender-kubernetes',
  ])
})

test("the API server takes BatchSender's stand-in", async () => {
  const folder = join(projectDir, 'systems/batchsender/kubernetes')
  const applied = await cluster.kubectl('apply', ...strictly, `--kustomize=${folder}`)
  const workloads = applied
    .trim()
    .split('\n')
    .filter((name) => name.includes('apps/'))
  expect(workloads.sort()).toEqual([
    'deployment.apps/api',
    'deployment.apps/provider',
    'deployment.apps/worker',
    'statefulset.apps/nats',
    'statefulset.apps/postgres',
  ])
})
