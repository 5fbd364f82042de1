import type { Verdict } from '../../../../model/verdict.ts'
import type { FaultSpec, RunSpec } from '../../../fixtures/record.ts'
import { resilienceObjective } from '../../../fixtures/record.ts'
import type { MadeKind, MadePlant, Truth } from '../plant.ts'
import { notTheSystems, sound, troubled } from '../plant.ts'
import { drawScene, enough, type Scene } from '../scene.ts'

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
    const { warmUpS = 0, steadyS } = scene.spec
    const acknowledged = draw.whole(10, 5000)
    const objectives = [...scene.spec.objectives, resilienceObjective('lostWrites', 0)]
    const { audit: _, ...bare } = scene.spec
    const plant = (audit: RunSpec['audit'], truth: Truth): MadePlant => ({
      words: `${audit === undefined ? 'no final read' : JSON.stringify(audit)}; ${scene.words}`,
      spec: { ...bare, ...(audit === undefined ? {} : { audit }), objectives },
      truth,
    })
    const lost = (fromS: number, toS: number, isUnderFault: boolean): MadePlant => {
      const lostCount = draw.whole(1, Math.min(acknowledged, 50))
      const audit = { acknowledged, lostCount, oldestLostAtS: fromS, newestLostAtS: draw.number(fromS, toS) }
      return plant(audit, troubled({ wrongFigures: chargedTo(lostCount, isUnderFault) }))
    }
    return {
      trouble: draw.pick([
        () => lost(draw.number(warmUpS, warmUpS + steadyS / 2), warmUpS + steadyS - 1, false),
        () => lost(draw.number(scene.injectS + 0.5, scene.removeS - 1), scene.removeS - 0.5, true),
        () => plant({ acknowledged, checked: draw.whole(0, acknowledged - 1) }, troubled()),
        () => plant({ acknowledged, unknownCount: draw.whole(1, 20) }, troubled()),
        () => plant({ acknowledged: 0 }, troubled()),
        () => plant('failed', troubled()),
        () => plant(undefined, troubled()),
      ])(),
      healthy: draw.pick([
        () => plant({ acknowledged }, sound(enough(scene) ? { must: 'pass' } : {})),
        () => plant({ acknowledged, lateCount: draw.whole(1, acknowledged), latestMs: 900 }, sound()),
      ])(),
    }
  },
}

/** Lost writes are charged to the last fault, if they were acknowledged while it was held, and to no other. */
const chargedTo =
  (lostCount: number, isUnderFault: boolean) =>
  ({ faults }: Verdict): string[] =>
    faults.flatMap(({ id, lostWrites }, at) => {
      const own = isUnderFault && at === faults.length - 1 ? lostCount : 0
      return lostWrites === own ? [] : [`${lostWrites} lost writes are charged to ${id}, instead of ${own}`]
    })
