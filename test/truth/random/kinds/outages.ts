import type { TroubleSpec } from '../../../fixtures/record.ts'
import { resilienceObjective } from '../../../fixtures/record.ts'
import type { Draw } from '../draw.ts'
import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { drawScene, enough, round, type Scene, withMore } from '../scene.ts'
import { holdsRecovery } from '../stated.ts'

/** How requests go wrong while the system is down. */
const failure = (draw: Draw, scene: Scene): Pick<TroubleSpec, 'kind' | 'ms'> =>
  draw.pick([
    { kind: 'error' },
    { kind: 'refused' },
    { kind: 'hang', ms: Math.max(scene.limitMs, draw.number(1000, 5000)) },
    { kind: 'slow', ms: 2 * scene.limitMs },
  ] as const)

/** Down from the fault to the end of the run, whatever objectives there are. */
export const neverBack: MadeKind = {
  title: 'the fault takes the system down for good',
  draw: (draw) => {
    const scene = drawScene(draw)
    const { spec, injectS, removeS, endS } = scene
    const how = failure(draw, scene)
    const fromS = injectS + draw.number(0, 0.9) * (removeS - injectS)
    const down = (toS: number): TroubleSpec[] => [{ ...how, fromS, toS }]
    const words = `${how.kind} from ${round(fromS)} s`
    return {
      trouble: {
        words: `${words} to the end; ${scene.words}`,
        spec: withMore(spec, { troubles: down(endS + 10) }),
        truth: troubled(),
      },
      healthy: {
        words: `${words} to the removal; ${scene.words}`,
        spec: withMore(spec, { troubles: down(removeS) }),
        truth: sound(enough(scene) && how.kind !== 'hang' ? { must: 'pass' } : {}),
      },
    }
  },
}

/** All is well for longer than `stableFor`, and then it is down to the end. */
export const relapse: MadeKind = {
  title: 'down again after it had recovered',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [10, 200], recoveryS: [30, 60], stableForS: [3, 6] })
    const { spec, removeS, endS } = scene
    const how = failure(draw, scene)
    const lastS = draw.number(4, 15)
    const troubles: TroubleSpec[] = [{ ...how, fromS: endS - lastS, toS: endS + 10 }]
    return {
      trouble: {
        words: `${how.kind} in the last ${round(lastS)} s, ${round(endS - removeS)} s after the removal; ${scene.words}`,
        spec: withMore(spec, { troubles }),
        truth: troubled(),
      },
      healthy: { words: `no outage; ${scene.words}`, spec, truth: sound(enough(scene) ? { must: 'pass' } : {}) },
    }
  },
}

/** Down from one fault to the injection of the next, after which all is well. */
export const censored: MadeKind = {
  title: 'down until the next fault',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [10, 200], faults: [2, 2] })
    const { spec, injectS } = scene
    const how = failure(draw, scene)
    const fromS = spec.faults?.[0]?.atS ?? 0
    const toS = (share: number) => fromS + share * (injectS - fromS)
    const troubles = (untilS: number): TroubleSpec[] => [{ ...how, fromS, toS: untilS }]
    return {
      trouble: {
        words: `${how.kind} from the first fault to the second; ${scene.words}`,
        spec: withMore(spec, { troubles: troubles(toS(1)) }),
        truth: troubled(),
      },
      healthy: {
        words: `${how.kind} for a moment under the first; ${scene.words}`,
        spec: withMore(spec, { troubles: troubles(toS(0.05)) }),
        truth: sound(),
      },
    }
  },
}

/** A total outage after the removal, longer than the objective allows, at a rate at which it is a handful of requests. */
export const lowRate: MadeKind = {
  title: 'a total outage at a low rate',
  draw: (draw) => {
    const rate = draw.scale(0.3, 5)
    const requests = draw.whole(4, 12)
    const outageS = requests / rate
    const scene = drawScene(draw, {
      perSecond: [rate, rate],
      steadyS: [80 / rate, 200 / rate],
      recoveryS: [outageS + 80 / rate, outageS + 200 / rate],
      stableForS: [10 / rate, 20 / rate],
      allowed: [0.05, 0.1],
      recoveryWithinS: outageS * draw.number(0.2, 0.6),
      faults: [1, 1],
    })
    const { spec, removeS } = scene
    const how = failure(draw, scene)
    const fromS = removeS + draw.number(0, 2)
    const troubles = [{ ...how, fromS, toS: fromS + outageS }]
    return {
      trouble: {
        words: `${how.kind} for ${round(outageS)} s (${requests} requests); ${scene.words}`,
        spec: withMore(spec, { troubles }),
        truth: troubled({ intervals: holdsRecovery(1000 * (fromS + outageS - removeS)) }),
      },
      healthy: { words: `no outage; ${scene.words}`, spec, truth: sound() },
    }
  },
}

/** A share of the requests fails until some time after the removal, at least twice as long as allowed. */
export const partial: MadeKind = {
  title: 'a partial outage that lasts longer than allowed',
  draw: (draw) => {
    const afterS = draw.number(2, 8)
    const share = draw.pick([1, draw.number(0.15, 0.95)])
    const withinS = afterS * draw.number(0.2, 0.5)
    // So many requests after the allowed time that all of them are good by a chance of one in ten thousand, and so many in
    // all that the share itself is seen.
    const tail = share < 1 ? Math.log(1e-4) / Math.log(1 - share) : 4
    const least = Math.max(tail / (afterS - withinS), (share < 0.3 ? 24 : 8) / (afterS * share))
    const scene = drawScene(draw, {
      perSecond: [least, draw.pick([1.5 * least, Math.max(2 * least, 200)])],
      allowed: [0.01, 0.05],
      recoveryS: [25, 50],
      recoveryWithinS: withinS,
    })
    const { spec, injectS, removeS } = scene
    const how = failure(draw, scene)
    const troubles = (toS: number): TroubleSpec[] => [{ ...how, fromS: injectS, toS, ratio: share }]
    const words = `${how.kind} of ${round(100 * share)} %`
    return {
      trouble: {
        words: `${words} until ${round(afterS)} s after the removal; ${scene.words}`,
        spec: withMore(spec, { troubles: troubles(removeS + afterS) }),
        truth: troubled({ intervals: holdsRecovery(1000 * afterS) }),
      },
      healthy: {
        words: `${words} until the removal; ${scene.words}`,
        spec: withMore(spec, { troubles: troubles(removeS) }),
        truth: sound(),
      },
    }
  },
}

/** Down and up again and again after the removal; the pauses are too short to count as recovered. */
export const flapping: MadeKind = {
  title: 'flapping after the removal',
  draw: (draw) => {
    const rate = draw.scale(10, 200)
    const onS = Math.max(draw.number(0.3, 3), 8 / rate)
    const offS = draw.number(0.3, 3)
    const times = draw.whole(2, 5)
    const lastS = times * onS + (times - 1) * offS
    const scene = drawScene(draw, {
      perSecond: [rate, rate],
      recoveryS: [lastS + 20, lastS + 40],
      stableForS: [offS + 3, offS + 6],
      allowed: [0.01, 0.05],
      recoveryWithinS: lastS * draw.number(0.2, 0.5),
    })
    const { spec, removeS } = scene
    const how = failure(draw, scene)
    const troubles = Array.from({ length: times }, (_, i): TroubleSpec => {
      const fromS = removeS + i * (onS + offS)
      return { ...how, fromS, toS: fromS + onS }
    })
    return {
      trouble: {
        words: `${how.kind}, ${times} times ${round(onS)} s with pauses of ${round(offS)} s; ${scene.words}`,
        spec: withMore(spec, { troubles }),
        truth: troubled({ intervals: holdsRecovery(1000 * lastS) }),
      },
      healthy: { words: `no flapping; ${scene.words}`, spec, truth: sound(enough(scene) ? { must: 'pass' } : {}) },
    }
  },
}

/** The calls that inject and undo take seconds, and the effect begins and ends somewhere inside of them. */
export const slowCalls: MadeKind = {
  title: 'slow calls at the edges of the fault',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [20, 200], recoveryWithinS: null, faults: [1, 1], holdS: [10, 20] })
    const { spec, injectS, removeS } = scene
    const [injectCallS, undoCallS] = [draw.number(0.5, 6), draw.number(0.5, 6)]
    const fromS = injectS + draw.number(0, 1) * injectCallS
    const toS = removeS + draw.number(0, 1) * undoCallS
    const trueRtoS = toS - fromS
    const slow = withMore(spec, {
      recoveryS: (spec.recoveryS ?? 0) + undoCallS,
      faults: spec.faults?.map((fault) => ({ ...fault, injectCallS, undoCallS })) ?? [],
      troubles: [{ ...failure(draw, scene), fromS, toS }],
    })
    const judgedBy = (rtoS: number) => ({
      ...slow,
      objectives: [...slow.objectives, resilienceObjective('rto', 1000 * rtoS)],
    })
    const words = `calls of ${round(injectCallS)} s and ${round(undoCallS)} s, down for ${round(trueRtoS)} s`
    const tightS = trueRtoS * draw.number(0.8, 0.98)
    const wideS = trueRtoS + injectCallS + undoCallS + 2
    return {
      trouble: { words: `${words}, RTO ${round(tightS)} s; ${scene.words}`, spec: judgedBy(tightS), truth: troubled() },
      healthy: { words: `${words}, RTO ${round(wideS)} s; ${scene.words}`, spec: judgedBy(wideS), truth: sound() },
    }
  },
}
