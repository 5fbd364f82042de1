import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { depthBelow } from '../queue-depth.ts'
import { drawScene, enough, round, withMore } from '../scene.ts'

/** A sampled series that nobody saw for a part of the steady state, has no numbers, or is over its bound for a while. */
export const seriesGaps: MadeKind = {
  title: 'a sampled series with gaps, or over its bound',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [10, 60] })
    const { warmUpS = 0, steadyS } = scene.spec
    // A sample is missed 2 s after it: what is left of the gap is more than a tenth of the steady state.
    const shareGone = draw.number(0.15 + 5 / steadyS, 0.8)
    const fromS = warmUpS + draw.number(0, 1 - shareGone) * steadyS
    const inside = (s: number) => s >= fromS && s < fromS + shareGone * steadyS
    const how = draw.pick(['gone', 'not a number', 'over the bound'] as const)
    const values = (s: number): Record<string, number> => {
      if (!inside(s)) return { queue_depth: 10 }
      if (how === 'gone') return {}
      return { queue_depth: how === 'not a number' ? Number.NaN : 200 }
    }
    const spec = withMore(scene.spec, { objectives: [...scene.spec.objectives, depthBelow(100)] })
    const seen = (of: typeof values) => ({ ...spec, series: [{ component: 'queue', values: of }] })
    return {
      trouble: {
        words: `${how} for ${round(100 * shareGone)} % of the steady state; ${scene.words}`,
        spec: seen(values),
        truth: troubled(),
      },
      healthy: {
        words: `no gap; ${scene.words}`,
        spec: seen(() => ({ queue_depth: 10 })),
        truth: sound(enough(scene) ? { must: 'pass' } : {}),
      },
    }
  },
}
