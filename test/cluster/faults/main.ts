import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { resolveTools } from '../../../build/toolchain.ts'
import { connect } from '../../../chaos/drivers/kube/connect.ts'
import { takeInventory } from '../../../chaos/drivers/kube/inventory.ts'
import { listPods } from '../../../chaos/drivers/kube/pods.ts'
import type { Pod } from '../../../model/cluster.ts'
import { HoldfastError } from '../../../model/errors.ts'
import type { FaultBase } from '../../../model/fault.ts'
import { actionsIn } from '../../../plan/faults.ts'
import { checkCluster, enterNamespace } from '../../../run/cluster-preflight.ts'
import { run } from '../../../run/run.ts'
import { StopSwitch } from '../../../run/stop.ts'
import { planOf } from './plan.ts'
import { web } from './system.ts'

/** One run in a cluster, in a process of its own, so that a test can end it in any way: `main.ts <JSON>`. */
export interface RunInCluster {
  recordDir: string
  runId: string
  kubeconfig: string
  context: string
  namespace: string
  faults: FaultBase[]
  lastsMs: number
  /** Instead of those that are there when it starts. */
  pods?: Pod[]
  blastRadius?: Record<string, number>
}

const { recordDir, runId, faults, lastsMs, pods, blastRadius, ...choice } = JSON.parse(
  process.argv[2] ?? '',
) as RunInCluster
const projectDir = resolve(import.meta.dirname, '../../..')
const stop = new StopSwitch()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.stop('interrupted'))
const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
try {
  const cluster = await connect(choice)
  const inventory = await takeInventory(cluster, actionsIn(faults))
  const there = { pods: pods ?? (await listPods(cluster)), inventory }
  const plan = planOf(runId, faults, cluster.ref, there, lastsMs, blastRadius)
  await checkCluster(cluster, plan, null)
  const namespaceLock = await enterNamespace(cluster, plan, (message) => process.stdout.write(`${message}\n`))
  const end = await run({
    plan,
    system: web,
    bundleFile: join(projectDir, 'test/fixtures/tiny/load.js'),
    projectDir,
    recordDir,
    tools: resolveTools(projectDir),
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cluster,
    namespaceLock,
    userEnv: process.env,
    stop,
    listener: {},
  })
  await namespaceLock.giveBack()
  process.stdout.write(`${end.reason} ${end.error?.message ?? ''}\n`)
} catch (error) {
  if (!(error instanceof HoldfastError)) throw error
  process.stdout.write(`refused: ${error.message} | ${error.hint}\n`)
  process.exitCode = 2
} finally {
  server.close()
}
