import type { FaultSpec, RunSpec } from '../../../fixtures/record.ts'
import { resilienceObjective } from '../../../fixtures/record.ts'
import type { MadeKind } from '../plant.ts'
import { notTheSystems, sound, troubled } from '../plant.ts'
import { drawScene, enough, round, type Scene } from '../scene.ts'

const healthy = (scene: Scene) => ({
  words: `no trouble; ${scene.words}`,
  spec: scene.spec,
  truth: sound(enough(scene) ? { must: 'pass' } : {}),
})

/** Stopped by a guard or by somebody, crashed, or cut off. */
export const cutShort: MadeKind = {
  title: 'a run that ended before its time',
  draw: (draw) => {
    const scene = drawScene(draw)
    const cutAtS = scene.endS * draw.number(0.3, 0.99)
    const end = draw.pick<Partial<RunSpec>>([
      { ended: 'guard' },
      { ended: 'interrupted' },
      { ended: 'crashed' },
      { ended: null },
      { cutAtS },
    ])
    return {
      trouble: {
        words: `${JSON.stringify(end)}; ${scene.words}`,
        spec: { ...scene.spec, ...end },
        truth: notTheSystems(),
      },
      healthy: healthy(scene),
    }
  },
}

/** A fault of which nobody saw that it was there, or that it is gone. */
export const unconfirmed: MadeKind = {
  title: 'a fault that was not confirmed',
  draw: (draw) => {
    const scene = drawScene(draw)
    const fate = draw.pick<FaultSpec['fate'] & string>(['notActive', 'endedEarly', 'notRemoved', 'unproven', 'skipped'])
    const faults = scene.spec.faults ?? []
    const at = draw.whole(0, faults.length - 1)
    const spec = {
      ...scene.spec,
      faults: faults.map((fault, i): FaultSpec => (i === at ? { ...fault, holdS: fault.holdS ?? 3, fate } : fault)),
    }
    return {
      trouble: { words: `fault ${at + 1}: ${fate}; ${scene.words}`, spec, truth: notTheSystems() },
      healthy: healthy(scene),
    }
  },
}

/** The final read finds writes lost, does not look at all of them, or does not take place. */
export const writes: MadeKind = {
  title: 'lost writes, and final reads that say too little',
  draw: (draw) => {
    const scene = drawScene(draw)
    const acknowledged = draw.whole(10, 5000)
    const oldestLostAtS = draw.number(scene.spec.warmUpS ?? 0, scene.endS)
    const lost = {
      acknowledged,
      lostCount: draw.whole(1, Math.min(acknowledged, 50)),
      oldestLostAtS,
      newestLostAtS: Math.min(scene.endS, oldestLostAtS + draw.number(0, 5)),
    }
    const audit = draw.pick<(RunSpec['audit'] & object) | 'failed' | undefined>([
      lost,
      { acknowledged, checked: draw.whole(0, acknowledged - 1) },
      { acknowledged: 0 },
      'failed',
      undefined,
    ])
    const objectives = [...scene.spec.objectives, resilienceObjective('lostWrites', 0)]
    const { audit: _, ...bare } = scene.spec
    return {
      trouble: {
        words: `${audit === undefined ? 'no final read' : JSON.stringify(audit)}; ${scene.words}`,
        spec: { ...bare, ...(audit === undefined ? {} : { audit }), objectives },
        truth: troubled(),
      },
      healthy: {
        words: `${round(acknowledged)} writes, all there; ${scene.words}`,
        spec: { ...scene.spec, audit: { acknowledged }, objectives },
        truth: sound(enough(scene) ? { must: 'pass' } : {}),
      },
    }
  },
}
