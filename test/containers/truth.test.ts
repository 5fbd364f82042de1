// Faults on a container whose server logs what it really did: what the judge says of them agrees with that log, and
// with the engine's own account of the container.
import { beforeAll, describe, expect, test } from 'vitest'
import type { PlannedFault } from '../../model/plan.ts'
import { p95Below, resilience } from '../truth/planted/objectives.ts'
import { type PlantedResult, runPlanted } from '../truth/planted/run.ts'
import { allRequests, besideOutage, isBad, longestOutage, truthOf } from '../truth/planted/truth.ts'
import { type EngineFact, listen, noEngine } from './engine.ts'

const edgeMs = 300
/** Far above what a busy machine does by itself. */
const thresholdMs = 1000
const firstMs = 4000
/** From one injection to the next: hold, recovery, and time in which it must hold. */
const everyMs = 10_000
const holdMs = 4000

const fault = (
  index: number,
  kind: string,
  action: 'kill' | 'hold' | 'freeze' | 'isolate',
): Omit<PlannedFault, 'id' | 'label'> => ({
  kind,
  oneShot: action === 'kill',
  target: { kind: 'component', instances: ['server'] },
  atMs: firstMs + index * everyMs,
  holdMs: action === 'kill' ? null : holdMs,
  injections: [{ driver: 'docker', action, instance: 'server' }],
})

/** What the engine calls the edges of each. */
const edges = {
  freeze: ['pause', 'unpause'],
  kill: ['die', 'start'],
  partition: ['disconnect', 'connect'],
  unavailable: ['die', 'start'],
} as const
/**
 * How much later than the server its users may see an answer: one that is connected again has to find the way back
 * to them, and the kernel asks for it once a second.
 */
const wayBackMs = { freeze: 0, kill: 0, partition: 1000, unavailable: 0 } as const
const kinds = Object.keys(edges) as (keyof typeof edges)[]

describe.skipIf(noEngine !== undefined)('what the judge says of a container', () => {
  let result: PlantedResult
  let facts: EngineFact[]
  beforeAll(async () => {
    using engine = await listen()
    result = await runPlanted({
      name: 'container-faults',
      environment: 'containers',
      scenarios: ['healthy'],
      plants: { '/healthy': { latency: { kind: 'fixed', ms: 5 } } },
      warmUpMs: 1000,
      steadyMs: firstMs - 1000,
      faults: [
        fault(0, 'freeze', 'freeze'),
        fault(1, 'kill', 'kill'),
        fault(2, 'partition', 'isolate'),
        fault(3, 'unavailable', 'hold'),
      ],
      recovery: { ms: 2 * everyMs - holdMs, stableForMs: 2000 },
      objectives: [
        p95Below('GET /healthy', thresholdMs, { id: 'sli' }),
        resilience('recoveryTime', 6000, 's', ['sli']),
      ],
    })
    facts = engine.facts(result.plan.runId)
  })

  /** A fault as the judge saw it, as the server's log has it, and as the engine has it. */
  const look = (kind: keyof typeof edges) => {
    const at = kinds.indexOf(kind)
    const seen = result.verdict.faults[at]
    const sli = seen?.perSli[0]
    if (!seen || !sli) throw new Error(`no result for ${kind}`)
    const calls = result.events.filter((event) => event.type === 'fault.injected').map((event) => event.calledAtMs)
    const [calledAtMs = Number.NaN, toMs = Number.POSITIVE_INFINITY] = calls.slice(at)
    const fromMs = calledAtMs - 1000
    const requests = allRequests(truthOf(result.recordDir, '/healthy'))
    const truth = longestOutage(requests, isBad(thresholdMs), { fromMs, toMs })
    const [begin, end] = edges[kind].map((action) => facts.find((fact) => fact.action === action && fact.atMs > fromMs))
    if (!begin || !end) throw new Error(`the engine knows of no ${edges[kind].join(' and ')}`)
    // Between a call and its answer the engine did it; a busy one takes its time.
    const widthMs = (type: 'fault.injected' | 'fault.removed'): number => {
      const call = result.events.find((event) => event.type === type && event.fault === seen.id)
      return call?.type === type ? call.repliedAtMs - call.calledAtMs : 0
    }
    const slackMs = { begin: edgeMs + widthMs('fault.injected'), end: edgeMs + widthMs('fault.removed') }
    // Seconds that the machine held up by itself: the judge sees an outage in them, too, and is right.
    const near = { fromMs: calledAtMs, toMs, edgeMs: edgeMs + wayBackMs[kind] }
    const noise =
      truth.firstMs < calledAtMs - edgeMs
        ? `requests were held up ${Math.round(calledAtMs - truth.firstMs)} ms before the fault`
        : besideOutage(requests, thresholdMs, truth, near)
    return { seen, sli, truth, begin, end, slackMs, noise }
  }

  describe.each(kinds)('%s', (kind) => {
    test('is confirmed active and gone', () => {
      expect(look(kind).seen).toMatchObject({ confirmedActive: true, confirmedRemoved: true })
    })

    test('its edges are those of the engine', () => {
      const { seen, begin, end, slackMs } = look(kind)
      expect(Math.abs((seen.activeAtMs ?? 0) - begin.atMs)).toBeLessThanOrEqual(slackMs.begin)
      if (!seen.oneShot) expect(Math.abs((seen.removedAtMs ?? 0) - end.atMs)).toBeLessThanOrEqual(slackMs.end)
    })

    test('users felt it when the server says', ({ skip }) => {
      const { sli, truth, noise } = look(kind)
      skip(noise !== undefined, noise)
      expect(sli.state).toBe('recovered')
      expect(Math.abs((sli.impactAtMs ?? 0) - truth.firstMs)).toBeLessThanOrEqual(edgeMs)
      const laterMs = (sli.recoveredAtMs ?? 0) - truth.lastMs
      expect(laterMs).toBeGreaterThanOrEqual(-edgeMs)
      expect(laterMs).toBeLessThanOrEqual(edgeMs + wayBackMs[kind])
    })

    test('recovery time: from the edge that the engine tells to the last request that went bad', ({ skip }) => {
      const { seen, sli, truth, begin, end, slackMs, noise } = look(kind)
      // Nobody is served before the engine has given the container back.
      expect(truth.lastMs).toBeGreaterThanOrEqual(end.atMs - thresholdMs - edgeMs)
      skip(noise !== undefined, noise)
      const [edge, edgeSlackMs] = seen.oneShot ? [begin, slackMs.begin] : [end, slackMs.end]
      const trueMs = Math.max(0, truth.lastMs - edge.atMs)
      expect(Math.abs((sli.recoveryMs ?? 0) - trueMs)).toBeLessThanOrEqual(edgeMs + edgeSlackMs + wayBackMs[kind])
    })
  })
})
