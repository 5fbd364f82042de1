import type { Objective } from '../../../../model/objective.ts'
import type { Verdict } from '../../../../model/verdict.ts'
import type { Draw } from '../draw.ts'
import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { drawScene, round, withMore } from '../scene.ts'

const growthBelow = (value: number): Objective => ({
  kind: 'growth',
  id: 'growth',
  title: 'Memory growth',
  gate: 'required',
  source: 'test',
  phases: ['steady', 'fault', 'recovered'],
  targetText: `< ${value} bytes/h`,
  series: 'process_resident_bytes',
  op: 'lt',
  value,
  minSeconds: 60,
})

/** Memory once a second: a slope, and noise that remembers (AR(1)). */
const memory = (draw: Draw, seconds: number, perHour: number, noise: number): number[] => {
  const remembers = draw.number(0, 0.9)
  let state = 0
  return Array.from({ length: seconds }, (_, s) => {
    const normal = Array.from({ length: 12 }, () => draw.number(0, 1)).reduce((a, b) => a + b, -6)
    state = remembers * state + Math.sqrt(1 - remembers ** 2) * noise * normal
    return 2e8 + (perHour * s) / 3600 + state
  })
}

const holdsSlope =
  (trueSlope: number) =>
  (verdict: Verdict): boolean[] =>
    verdict.objectives
      .filter(({ id, interval }) => id === 'growth' && interval.low !== null)
      .map(
        ({ interval }) => (interval.low ?? 0) <= trueSlope && trueSlope <= (interval.high ?? Number.POSITIVE_INFINITY),
      )

/** A process leaks half as much again as is allowed, and more. */
export const leak: MadeKind = {
  title: 'memory that grows faster than allowed',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [5, 20], steadyS: [120, 240], faults: [0, 1], requireProof: true })
    const limit = draw.scale(5e7, 1e9)
    const seconds = Math.ceil(scene.endS) + 2
    // What the noise alone can look like over the run stays below the leak.
    const noise = ((limit * scene.endS) / 3600) * draw.number(0.02, 0.15)
    const at = (perHour: number) => {
      const values = memory(draw, seconds, perHour, noise)
      return withMore(scene.spec, {
        objectives: [...scene.spec.objectives, growthBelow(limit)],
        series: [{ component: 'api', values: (s) => ({ process_resident_bytes: values[s] ?? values.at(-1) ?? 0 }) }],
      })
    }
    const [fast, slow] = [limit * draw.number(1.5, 4), limit * draw.number(0, 0.3)]
    const words = (perHour: number) => `${round(perHour / 1e6)} MB/h of ${round(limit / 1e6)} allowed; ${scene.words}`
    return {
      trouble: {
        words: words(fast),
        spec: at(fast),
        truth: troubled({ intervals: holdsSlope(fast), missesAllowed: 0.07 }),
      },
      healthy: {
        words: words(slow),
        spec: at(slow),
        truth: sound({ intervals: holdsSlope(slow), missesAllowed: 0.07 }),
      },
    }
  },
}
