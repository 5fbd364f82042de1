import type { Pod } from '../../../model/cluster.ts'
import type { Evidence } from '../wait.ts'

/** Where a fault was put: `namespace/pod`, or `namespace/pod/container`. */
export interface Hit {
  pod: string
  container: string | null
}

export const hitOf = (id: string): Hit => {
  const [, pod = '', container] = id.split('/')
  return { pod, container: container ?? null }
}

/** Looks at the pods whether a fault has an effect; `before` are the pods as they were. */
export interface EffectProbe {
  active: (hits: Hit[], before: Pod[], now: Pod[]) => Evidence
  removed: (hits: Hit[], before: Pod[], now: Pod[]) => Evidence
}

/** What the API server can tell of an action; null: nothing shows there. */
export const effectProbe = ({ kind, spec }: { kind: string; spec: object }): EffectProbe | null => {
  const { action } = spec as { action?: string }
  if (kind !== 'PodChaos') return null
  if (action === 'pod-kill') return podKill
  if (action === 'pod-failure') return podFailure
  return action === 'container-kill' ? containerKill : null
}

const each = (hits: Hit[], look: (hit: Hit) => Evidence): Evidence => {
  const seen = hits.map(look)
  return { ok: seen.length > 0 && seen.every(({ ok }) => ok), text: seen.map(({ text }) => text).join(', ') }
}

const byName = (pods: Pod[], name: string): Pod | undefined => pods.find((pod) => pod.name === name)

const podKill: EffectProbe = {
  active: (hits, before, now) =>
    each(hits, ({ pod }) => {
      const then = byName(before, pod)
      const found = byName(now, pod)
      if (found === undefined) return { ok: true, text: `${pod} is gone` }
      if (found.ending) return { ok: true, text: `${pod} is ending` }
      if (then !== undefined && then.uid !== found.uid) return { ok: true, text: `${pod} is another one` }
      return { ok: false, text: `${pod} is still there` }
    }),
  removed: () => ({ ok: true, text: 'nothing stays of it' }),
}

/** Chaos Mesh gives the pod's containers an image that does nothing; without a readiness probe it may still be ready. */
const podFailure: EffectProbe = {
  active: (hits, before, now) =>
    each(hits, ({ pod }) => {
      const then = byName(before, pod)
      const found = byName(now, pod)
      if (found === undefined) return { ok: true, text: `${pod} is gone` }
      const readiness = found.ready ? 'ready' : 'not ready'
      if (then !== undefined && imagesOf(then) !== imagesOf(found))
        return { ok: true, text: `${pod} runs ${imagesOf(found)}, ${readiness}` }
      return { ok: !found.ready, text: `${pod} is ${readiness}` }
    }),
  removed: (hits, before, now) =>
    each(hits, ({ pod }) => {
      const then = byName(before, pod)
      const found = byName(now, pod)
      if (found === undefined) return { ok: true, text: `${pod} is gone` }
      const ok = then === undefined || imagesOf(then) === imagesOf(found)
      return { ok, text: `${pod} runs ${imagesOf(found)}, ${found.ready ? 'ready' : 'not ready'}` }
    }),
}

const imagesOf = ({ images }: Pod): string => Object.values(images).join(' and ')

const containerKill: EffectProbe = {
  active: (hits, before, now) =>
    each(hits, ({ pod, container }) => {
      const then = byName(before, pod)
      const found = byName(now, pod)
      if (found === undefined) return { ok: true, text: `${pod} is gone` }
      const restarts = found.restarts - (then?.restarts ?? 0)
      const what = container === null ? pod : `${pod}/${container}`
      if (restarts > 0) return { ok: true, text: `${what} was started again` }
      return { ok: !found.ready, text: `${what} is ${found.ready ? 'ready, and was not started again' : 'not ready'}` }
    }),
  removed: () => ({ ok: true, text: 'nothing stays of it' }),
}
