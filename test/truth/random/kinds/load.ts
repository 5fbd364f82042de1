import type { RunSpec, TroubleSpec } from '../../../fixtures/record.ts'
import type { Draw } from '../draw.ts'
import type { MadeKind } from '../plant.ts'
import { notTheSystems, sound, troubled } from '../plant.ts'
import { drawScene, enough, round, type Scene, withMore } from '../scene.ts'

/** Part of a run, for troubles that may come anywhere; at least a tenth of it after the warm-up. */
const span = (draw: Draw, { spec, removeS, endS }: Scene): { fromS: number; toS: number; words: string } =>
  draw.pick([
    { fromS: 0, toS: endS, words: 'in the whole run' },
    { fromS: spec.warmUpS ?? 0, toS: (spec.warmUpS ?? 0) + spec.steadyS, words: 'in the steady state' },
    { fromS: removeS, toS: endS, words: 'after the fault' },
    { fromS: removeS + (endS - removeS) * 0.5, toS: endS, words: 'in the last part' },
  ])

const healthy = (scene: Scene) => ({
  words: `no trouble; ${scene.words}`,
  spec: scene.spec,
  truth: sound(enough(scene) ? { must: 'pass' } : {}),
})

/** Two scenarios, or one with many request names: the trouble is in a small part of it, which no objective asks for. */
const withSmallPart = (draw: Draw, isScenario: boolean): { scene: Scene; names: string[] } => {
  const smallRatio = draw.number(0.05, 0.1)
  // Requests in a mix come by chance: only names that are sent often enough can be seen to be missing.
  const parts = isScenario ? 1 : draw.whole(1, 2)
  const scene = drawScene(draw, {
    perSecond: isScenario ? [30, 200] : [160, 200],
    holdS: [3, 4],
    steadyS: [15, 20],
    faults: [1, 1],
    streams: (perSecond) => [
      { name: 'GET /', perSecond: (1 - smallRatio) * perSecond },
      ...Array.from({ length: parts }, (_, i) => ({
        name: `GET /small-${i}`,
        perSecond: (smallRatio * perSecond) / parts,
        ...(isScenario ? { scenario: 'small' } : {}),
      })),
    ],
  })
  const objectives = scene.spec.objectives.map((objective) =>
    objective.kind === 'proportion' ? { ...objective, sli: { ...objective.sli, names: ['GET /'] } } : objective,
  )
  const what = isScenario ? 'a scenario' : `${parts} request names`
  const words = `${what} of ${round(100 * smallRatio)} % without an objective; ${scene.words}`
  return {
    scene: { ...scene, spec: { ...scene.spec, objectives }, words },
    names: isScenario ? ['GET /small-0'] : Array.from({ length: parts }, (_, i) => `GET /small-${i}`),
  }
}

/** A run, and the request names that its trouble is about; undefined: all. */
const drawPart = (draw: Draw, parts: readonly ('scenario' | 'names')[]): { scene: Scene; names?: string[] } =>
  draw.chance(0.3)
    ? withSmallPart(draw, draw.pick(parts) === 'scenario')
    : { scene: drawScene(draw, { perSecond: [20, 200] }) }

/** Iterations that count as complete and gave no sample: nobody knows what became of their requests. */
export const samplesMissing: MadeKind = {
  title: 'iterations without a sample',
  draw: (draw) => {
    const { scene, ...part } = drawPart(draw, ['scenario', 'names'])
    const { words, ...where } = span(draw, scene)
    const ratio = part.names === undefined ? draw.pick([draw.number(0.2, 0.9), 1]) : 1
    const troubles: TroubleSpec[] = [{ kind: 'silent', ...where, ...part, ratio }]
    return {
      trouble: {
        words: `${round(100 * ratio)} % give no sample ${words}; ${scene.words}`,
        spec: withMore(scene.spec, { troubles }),
        truth: troubled(),
      },
      healthy: healthy(scene),
    }
  },
}

/** Load that was due and was never sent, while nobody was busy. */
export const neverSent: MadeKind = {
  title: 'load that was never sent',
  draw: (draw) => {
    const { scene, ...part } = drawPart(draw, ['scenario'])
    const { words, ...where } = span(draw, scene)
    const ratio = draw.pick([draw.number(0.2, 0.9), 1])
    return {
      trouble: {
        words: `${round(100 * ratio)} % not sent ${words}; ${scene.words}`,
        spec: withMore(scene.spec, { troubles: [{ kind: 'noLoad', ...where, ...part, ratio }] }),
        truth: notTheSystems(),
      },
      healthy: healthy(scene),
    }
  },
}

/** All virtual users of a fast system are busy, since there are too few of them: nobody but the harness is to blame. */
export const tooFewUsers: MadeKind = {
  title: 'too few virtual users',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [20, 200], faults: [0, 1] })
    const ratio = draw.number(0.05, 0.5)
    const vus = draw.whole(1, 10)
    const spec: RunSpec = withMore(scene.spec, {
      vus,
      busyVus: vus,
      troubles: [{ kind: 'drop', fromS: 0, toS: scene.endS, ratio }],
    })
    return {
      trouble: { words: `${round(100 * ratio)} % dropped; ${scene.words}`, spec, truth: notTheSystems() },
      healthy: healthy(scene),
    }
  },
}
