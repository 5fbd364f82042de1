import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../model/event.ts'
import type { Verdict } from '../../../model/verdict.ts'
import { noEngine } from '../../containers/engine.ts'
import { disagreement, recoveryOf, type Span } from './agreement.ts'
import { deployBatchSender, outsidePort } from './batchsender.ts'
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

/** As the game day says. */
const stableForMs = 5_000

interface Run {
  verdict: Verdict
  events: RunEvent[]
  code: number | null
  /** What `holdfast run` said. */
  output: string
}

describe.skipIf(prepareMachine() !== null || noEngine !== undefined)('BatchSender in real pods', () => {
  let cluster: FullCluster
  beforeAll(async () => {
    cluster = await startFullCluster()
    await deployBatchSender(cluster, namespace, secret, { api: 1 })
  }, 300_000)
  afterAll(() => cluster?.stop())

  const kubectl = () => [...cluster.kubectlCommand, `--namespace=${namespace}`]
  const run = async (gameDay: string, out: string, ...options: string[]): Promise<Run> => {
    const place = ['--kubeconfig', cluster.kubeconfig, '--context', cluster.context, '--namespace', namespace]
    const folder = join(cluster.folder, out)
    const { code, output } = await runHoldfast(
      ['run', gameDay, '--out', folder, '--env', 'kubernetes', ...place, ...options],
      { BATCHSENDER_WEBHOOK_SECRET: secret, XDG_STATE_HOME: join(cluster.folder, 'state') },
    )
    if (!existsSync(folder)) throw new Error(`holdfast run ended with ${code}: ${output}`)
    const [id = ''] = readdirSync(folder).filter((name) => !name.startsWith('.'))
    const read = (name: string) => readFileSync(join(folder, id, name), 'utf8')
    const events: RunEvent[] = read('events.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return { verdict: JSON.parse(read('verdict.json')), events, code, output }
  }

  test('real faults are judged; the load recovers when the pods say that they are Ready', async ({ skip }) => {
    const readiness = watchReadiness(kubectl(), 'app.kubernetes.io/name=api')
    const { verdict, events, code, output } = await run(join(import.meta.dirname, 'gamedays/real-pods.ts'), 'real-pods')
    readiness.stop()
    const { faults, invalidReasons, objectives } = verdict
    const steady = objectives.find(({ id }) => id === 'error-rate')?.phases.find(({ phase }) => phase === 'steady')
    const { bad, n } = steady ?? { bad: 0, n: 0 }
    // Then kubelet, database and load have no time to do what is compared here.
    const tooSlow = `left out: recoveries in real pods (too slow a machine: ${bad} of ${n} requests failed without any fault)`
    if (bad > 0.05 * n) {
      console.log(tooSlow)
      skip(tooSlow)
    }
    // 0 or 1: the verdict is about BatchSender. Anything else is about Holdfast.
    expect([0, 1], output).toContain(code)
    expect(invalidReasons).toEqual([])
    expect(objectives.find(({ id }) => id === 'no-lost-writes')).toMatchObject({ outcome: 'pass' })
    const seen = faults.map(({ kind, confirmedActive, confirmedRemoved }) => [kind, confirmedActive, confirmedRemoved])
    const kinds = ['partition', 'chaosMesh', 'unavailable', 'cpuStress']
    expect(seen).toEqual(kinds.map((kind) => [kind, true, true]))

    const startsMs = events.flatMap(({ type, atMs }) => (type === 'fault.injecting' ? [atMs] : []))
    const recoveries = faults.slice(0, 3).map((fault, n) => {
      const sli = fault.perSli.find(({ objective }) => objective === 'error-rate')
      const view = { fromMs: startsMs[n] ?? Number.NaN, toMs: startsMs[n + 1] ?? Number.NaN }
      return { fault, ...recoveryOf(fault, sli, readiness.transitions, view) }
    })
    for (const { fault, ...recovery } of recoveries) {
      const since = (span: Span | null) =>
        span === null
          ? 'not'
          : [span.fromMs, span.toMs].map((ms) => `${((ms - recovery.view.fromMs) / 1000).toFixed(2)} s`).join('..')
      const told = `${fault.label}: load back ${since(recovery.load)}, pods ${since(recovery.pods)} after it began`
      console.log(told)
      expect(disagreement(recovery, { withinMs: agreeWithinMs, stableForMs }), `${told}\n${output}`).toBeNull()
    }
    expect(recoveries.some(({ load, pods }) => load !== null && pods !== null)).toBe(true)
    expect(await cluster.kubectl('get', 'podchaos,networkchaos,stresschaos', '--all-namespaces', '-o', 'name')).toBe('')
  }, 420_000)

  test('--base-url: an address that leads to the deployment, here through the Service on a port of the node', async () => {
    const baseUrl = `http://${cluster.nodeIp}:${outsidePort}`
    await cluster.kubectl('rollout', 'status', 'deployment/api', `--namespace=${namespace}`, '--timeout=120s')
    const { verdict, code, output } = await run('batchsender/smoke', 'smoke', '--base-url', baseUrl)
    expect([0, 1], output).toContain(code)
    const errors = verdict.objectives.find(({ id }) => id === 'error-rate')
    expect(errors?.n).toBeGreaterThan(0)
    expect(errors?.measured.value).toBeLessThan(1)
  })
})
