import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Verdict } from '../../../model/verdict.ts'
import { agreementOf } from './agreement.ts'
import { deployBatchSender } from './batchsender.ts'
import { type FullCluster, startFullCluster } from './full-cluster.ts'
import { runHoldfast } from './holdfast.ts'
import { watchReadiness } from './readiness.ts'
import { prepareMachine } from './requirements.ts'

const namespace = 'batchsender'
const secret = 'secret-of-the-cluster-tests'

/** Requests fail while the pod is not Ready and succeed when it is; between the two lies who asks how often. */
const askedEveryMs = {
  /** The kubelet's readiness probe (systems/batchsender/kubernetes/api.yaml). */
  probe: 1000,
  /** A probe that got no answer is given up after this time; until then the kubelet knows nothing. */
  probeTimeout: 1000,
  /** The port-forward asks for the ready pods (chaos/drivers/kube/port-forward.ts). */
  forward: 500,
}
const agreeWithinMs = askedEveryMs.probe + askedEveryMs.probeTimeout + askedEveryMs.forward

describe.skipIf(prepareMachine() !== null)('BatchSender in real pods', () => {
  let cluster: FullCluster
  beforeAll(async () => {
    cluster = await startFullCluster()
    await deployBatchSender(cluster, namespace, secret, { api: 1 })
  }, 300_000)
  afterAll(() => cluster?.stop())

  const kubectl = () => [...cluster.kubectlCommand, `--namespace=${namespace}`]
  const run = async (gameDay: string, out: string, ...options: string[]): Promise<Verdict> => {
    const place = ['--kubeconfig', cluster.kubeconfig, '--context', cluster.context, '--namespace', namespace]
    const folder = join(cluster.folder, out)
    const { code, output } = await runHoldfast(
      ['run', gameDay, '--out', folder, '--env', 'kubernetes', ...place, ...options],
      { BATCHSENDER_WEBHOOK_SECRET: secret },
    )
    // 0 or 1: the verdict is about BatchSender. Anything else is about Holdfast.
    expect([0, 1], output).toContain(code)
    const [id = ''] = readdirSync(folder).filter((name) => !name.startsWith('.'))
    return JSON.parse(readFileSync(join(folder, id, 'verdict.json'), 'utf8'))
  }

  test('real faults are judged; the load recovers when the pods say that they are Ready', async () => {
    const readiness = watchReadiness(kubectl(), 'app.kubernetes.io/name=api')
    const { faults, invalidReasons } = await run(join(import.meta.dirname, 'gamedays/real-pods.ts'), 'real-pods')
    readiness.stop()
    expect(invalidReasons).toEqual([])
    const seen = faults.map(({ kind, confirmedActive, confirmedRemoved }) => ({
      kind,
      confirmedActive,
      confirmedRemoved,
    }))
    const kinds = ['partition', 'chaosMesh', 'unavailable', 'cpuStress']
    expect(seen).toEqual(kinds.map((kind) => ({ kind, confirmedActive: true, confirmedRemoved: true })))

    for (const [n, fault] of faults.slice(0, 3).entries()) {
      const sli = fault.perSli.find(({ objective }) => objective === 'error-rate')
      const until = faults[n + 1]?.activeAtMs ?? Number.POSITIVE_INFINITY
      const { load, pods, apartMs } = agreementOf(fault, sli, readiness.transitions, until)
      const since = (ms: number) => `${((ms - (fault.activeAtMs ?? 0)) / 1000).toFixed(2)} s`
      const told = `load ${since(load.fromMs)} to ${since(load.toMs)}, pods ${since(pods.fromMs)} to ${since(pods.toMs)}`
      console.log(`${fault.label}: back after it began: ${told}`)
      expect(apartMs, `${fault.label}: ${told}`).toBeLessThanOrEqual(agreeWithinMs)
    }
    expect(await cluster.kubectl('get', 'podchaos,networkchaos,stresschaos', '--all-namespaces', '-o', 'name')).toBe('')
  }, 420_000)
})
