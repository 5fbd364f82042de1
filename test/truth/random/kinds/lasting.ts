import { lowerTail } from '../../../../verdict/special.ts'
import type { StreamSpec } from '../../../fixtures/record.ts'
import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { drawScene, enough, round, withMore } from '../scene.ts'

/** After the fault a share of the requests fails for ever, over the target, and a clean steady state came before. */
export const diluted: MadeKind = {
  title: 'a lasting share of errors after the fault',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [10, 200], steadyS: [20, 90], recoveryS: [20, 60], faults: [1, 2] })
    const { spec, injectS, removeS, endS, allowed, perSecond } = scene
    // The least share that cannot look like an allowed one in what is left of the run.
    const n = Math.floor(perSecond * (endS - removeS))
    let least = 1.2 * allowed
    while (lowerTail(Math.floor(allowed * n), n, least) > 1e-5) least *= 1.05
    const share = Math.min(1, least * draw.number(1, 2))
    const usual = share * draw.number(0, 0.2)
    const background = spec.streams.map((stream) => ({ ...stream, errorRatio: allowed * draw.number(0, 0.3) }))
    return {
      trouble: {
        words: `${round(100 * share)} % errors from the injection to the end; ${scene.words}`,
        spec: withMore(spec, { troubles: [{ kind: 'error', fromS: injectS, toS: endS + 10, ratio: share }] }),
        truth: troubled(),
      },
      healthy: {
        words: `up to ${round(30 * allowed)} % errors all the time (of ${round(usual)}); ${scene.words}`,
        spec: { ...spec, streams: background },
        truth: sound(),
      },
    }
  },
}

/** The steady state breaks the objective, and a long clean time after the fault does not make up for it. */
export const steadyBreach: MadeKind = {
  title: 'a steady state over the target, and a clean time after the fault',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [20, 200], steadyS: [15, 40], recoveryS: [60, 90], faults: [1, 1] })
    const { spec, injectS, allowed, perSecond } = scene
    const n = Math.floor(perSecond * spec.steadyS)
    let least = 1.2 * allowed
    while (lowerTail(Math.floor(allowed * n), n, least) > 1e-5) least *= 1.05
    const share = Math.min(1, least * draw.number(1, 1.5))
    const errors = (ratio: number) => withMore(spec, { troubles: [{ kind: 'error', fromS: 0, toS: injectS, ratio }] })
    return {
      trouble: {
        words: `${round(100 * share)} % errors before the fault; ${scene.words}`,
        spec: errors(share),
        truth: troubled(),
      },
      healthy: {
        words: `${round(30 * allowed)} % errors before the fault; ${scene.words}`,
        spec: errors(0.3 * allowed),
        truth: sound(),
      },
    }
  },
}

/** One of several endpoints stays down, too small a part of the traffic to break the objective over all of them. */
export const oneEndpoint: MadeKind = {
  title: 'one endpoint of many down for good',
  draw: (draw) => {
    const endpoints = draw.whole(4, 24)
    const scene = drawScene(draw, {
      perSecond: [3 * endpoints, Math.max(200, 4 * endpoints)],
      recoveryS: [25, 50],
      steadyS: [20, 50],
      faults: [1, 1],
      allowed: [0.05, 0.1],
      streams: (perSecond) =>
        Array.from(
          { length: endpoints },
          (_, i): StreamSpec => ({ name: `GET /${i}`, perSecond: perSecond / endpoints }),
        ),
    })
    const { spec, injectS, removeS, endS } = scene
    const names = [`GET /${draw.whole(0, endpoints - 1)}`]
    const kind = draw.pick(['error', 'refused'] as const)
    const down = (toS: number) => [{ kind, fromS: injectS, toS, names }]
    const words = `${names[0]} of ${endpoints} endpoints: ${kind}`
    return {
      trouble: {
        words: `${words} to the end; ${scene.words}`,
        spec: withMore(spec, { troubles: down(endS + 10) }),
        truth: troubled(),
      },
      healthy: {
        words: `${words} to the removal; ${scene.words}`,
        spec: withMore(spec, { troubles: down(removeS) }),
        truth: sound(enough(scene) ? { must: 'pass' } : {}),
      },
    }
  },
}
