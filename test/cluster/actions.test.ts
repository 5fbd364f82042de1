import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RecordLine } from '../../model/window.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { deployment } from './faults/objects.ts'
import { type ClusterRun, type Place, startRun } from './faults/run.ts'

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
  for (const app of ['web', 'db']) await kubectl('rollout', 'status', `deployment/${app}`, '--timeout=60s')
})

const kubectl = (...args: string[]): Promise<string> => cluster.kubectl(`--namespace=${place.namespace}`, ...args)

/** Values of a series of a component, each once where it stays. */
const series = ({ recordDir }: ClusterRun, component: string, name: string): number[] =>
  readFileSync(join(recordDir, 'windows.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordLine)
    .filter((line) => line.type === 'sample' && line.component === component)
    .flatMap((line) => (line.type === 'sample' ? (line.values[name] ?? []) : []))
    .filter((value, i, all) => value !== all[i - 1])

const completed = { code: 0, said: 'completed \n' }

test('ready pods and restarts of each component are sampled', async () => {
  const run = startRun(place, [], 6_000)
  await run.event('load.started')
  await kubectl('scale', 'deployment/web', '--replicas=1')
  expect(await run.exit).toEqual(completed)
  expect(series(run, 'web', 'ready_replicas')).toEqual(expect.arrayContaining([3, 1]))
  expect(series(run, 'db', 'ready_replicas')).toEqual([1])
  expect(series(run, 'web', 'restarts')).toEqual([0])
})
