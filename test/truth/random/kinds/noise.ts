import type { Verdict } from '../../../../model/verdict.ts'
import type { TroubleSpec } from '../../../fixtures/record.ts'
import { latencyObjective } from '../../../fixtures/record.ts'
import type { Draw } from '../draw.ts'
import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { drawScene, round, withMore } from '../scene.ts'

/** A server that stalls by itself now and then; the fault does nothing, or has an outage of its own after it. */
export const stalls: MadeKind = {
  title: 'periodic stalls beside a fault',
  draw: (draw) => {
    const withinS = draw.number(2, 5)
    const scene = drawScene(draw, {
      perSecond: [30, 200],
      allowed: [0.05, 0.1],
      steadyS: [30, 60],
      recoveryS: [30, 50],
      faults: [1, 1],
      recoveryWithinS: withinS,
    })
    const { spec, removeS, endS, allowed, limitMs } = scene
    const everyS = draw.number(5, 12)
    const stallS = everyS * allowed * draw.number(0.2, 0.5)
    const firstS = draw.number(0, everyS)
    const own = Array.from({ length: Math.ceil(endS / everyS) }, (_, i): TroubleSpec => {
      const fromS = firstS + i * everyS
      return { kind: 'slow', ms: limitMs, fromS, toS: fromS + stallS }
    })
    const outage: TroubleSpec = { kind: 'error', fromS: removeS, toS: removeS + withinS * draw.number(1.5, 3) }
    const words = `stalls of ${round(stallS)} s every ${round(everyS)} s`
    return {
      trouble: {
        words: `${words}, and an outage; ${scene.words}`,
        spec: withMore(spec, { troubles: [outage, ...own] }),
        truth: troubled(),
      },
      healthy: { words: `${words}; ${scene.words}`, spec: withMore(spec, { troubles: own }), truth: sound() },
    }
  },
}

/** Slow spells: a two-state Markov chain in steps of 0.1 s, with the mean length of a spell and the share of the time in one. */
const spells = (draw: Draw, lengthS: number, meanS: number, share: number, ms: number): TroubleSpec[] => {
  const step = 0.1
  const leave = step / meanS
  const enter = (leave * share) / (1 - share)
  const troubles: TroubleSpec[] = []
  let isOn = draw.chance(share)
  let fromS = 0
  for (let s = 0; s < lengthS; s += step) {
    const next = isOn ? !draw.chance(leave) : draw.chance(enter)
    if (next && !isOn) fromS = s
    if (isOn && !next) troubles.push({ kind: 'slow', ms, fromS, toS: s })
    isOn = next
  }
  if (isOn) troubles.push({ kind: 'slow', ms, fromS, toS: lengthS })
  return troubles
}

/** Slow requests come in spells, at twice the share that is allowed: no proof of the contrary. */
export const dependence: MadeKind = {
  title: 'slow spells at twice the allowance',
  draw: (draw) => {
    const scene = drawScene(draw, {
      perSecond: [15, 40],
      steadyS: [200, 300],
      recoveryS: [0, 0.1],
      allowed: [0.1],
      faults: [0, 0],
      recoveryWithinS: null,
      requireProof: true,
    })
    const { spec, endS, allowed, limitMs } = scene
    // Sixty spells and more: by chance alone the share stays twice the allowance.
    const meanS = Math.min(endS / 20, (2 * allowed * endS) / draw.number(60, 120))
    const at = (share: number) => withMore(spec, { troubles: spells(draw, endS, meanS, share, limitMs) })
    const words = `spells of ${round(meanS)} s`
    return {
      trouble: { words: `${words}, share ${2 * allowed}; ${scene.words}`, spec: at(2 * allowed), truth: troubled() },
      healthy: { words: `${words}, share ${0.3 * allowed}; ${scene.words}`, spec: at(0.3 * allowed), truth: sound() },
    }
  },
}

/** A share exactly at what is allowed is not below it: who proves that it is, errs, and may do so in 5 % of the runs. */
export const atTheLimit: MadeKind = {
  title: 'slow spells at exactly the allowance',
  draw: (draw) => {
    const scene = drawScene(draw, {
      perSecond: [15, 40],
      steadyS: [200, 300],
      recoveryS: [0, 0.1],
      allowed: [0.05, 0.1],
      faults: [0, 0],
      recoveryWithinS: null,
      requireProof: true,
    })
    const { spec, endS, allowed, limitMs } = scene
    const meanS = endS * draw.number(0.005, 0.05)
    const at = (share: number) => withMore(spec, { troubles: spells(draw, endS, meanS, share, limitMs) })
    const isNotProven = (verdict: Verdict): boolean[] => [verdict.result !== 'pass' && verdict.result !== 'fail']
    const words = `spells of ${round(meanS)} s`
    return {
      trouble: {
        words: `${words}, share ${allowed}; ${scene.words}`,
        spec: at(allowed),
        truth: { never: [], intervals: isNotProven, missesAllowed: 0.06 },
      },
      healthy: { words: `no spells; ${scene.words}`, spec, truth: sound({ must: 'pass' }) },
    }
  },
}

const holdsPercentile =
  (trueMs: number) =>
  (verdict: Verdict): boolean[] =>
    verdict.objectives
      .filter(({ id, interval }) => id === 'latency' && interval.low !== null)
      .map(({ interval }) => (interval.low ?? 0) <= trueMs && trueMs <= (interval.high ?? Number.POSITIVE_INFINITY))

/** The true percentile of a lognormal latency lies over the target by a quarter and more, or under it. */
export const percentile: MadeKind = {
  title: 'a true percentile over the target',
  draw: (draw) => {
    const faults = draw.whole(0, 1)
    const scene = drawScene(draw, {
      perSecond: [30, 200],
      steadyS: [20, 60],
      faults: [faults, faults],
      allowed: [0.05, 0.1],
      recoveryWithinS: null,
      ...(faults === 0 ? { recoveryS: [0, 0.1] as [number, number] } : {}),
    })
    const { spec, allowed, limitMs } = scene
    const sigma = draw.number(0.15, 0.5)
    const z = allowed === 0.05 ? 1.6449 : 1.2816
    const at = (p: number) => ({
      ...spec,
      objectives: [latencyObjective({ percentile: 100 * (1 - allowed), belowMs: limitMs })],
      streams: spec.streams.map((stream) => ({ ...stream, sigma, medianMs: p / Math.exp(z * sigma) })),
    })
    const [slow, fast] = [limitMs * draw.number(1.25, 2), limitMs * draw.number(0.4, 0.75)]
    return {
      trouble: {
        words: `true percentile ${round(slow)} ms, sigma ${round(sigma)}; ${scene.words}`,
        spec: at(slow),
        truth: troubled({ intervals: holdsPercentile(slow), missesAllowed: 0.07 }),
      },
      healthy: {
        words: `true percentile ${round(fast)} ms, sigma ${round(sigma)}; ${scene.words}`,
        spec: at(fast),
        truth: sound({ intervals: holdsPercentile(fast), missesAllowed: 0.07 }),
      },
    }
  },
}
