import type { Pod } from '../../model/cluster.ts'
import { HoldfastError } from '../../model/errors.ts'
import type { FaultEdges, FaultState } from '../mesh/edges.ts'
import { askProbe, askWhetherActive } from './command.ts'
import type { ActiveInjection, Driver, EdgeTimes } from './driver.ts'
import { effectProbe, hitOf } from './kube/effects.ts'
import { kubectl, resourceWord } from './kube/names.ts'
import { Observer } from './kube/observer.ts'
import { listPods } from './kube/pods.ts'
import { type Removal, removeExperiment } from './kube/removal.ts'
import { forcedText } from './kube/runs.ts'
import type { MeshInjection, MeshSession } from './kube/session.ts'
import { type Evidence, lookUntil } from './wait.ts'

/** From creation to AllInjected; Chaos Mesh takes 0.1 s, and some seconds where a daemon is slow. */
const injectionDeadlineMs = 20_000
const effectDeadlineMs = 15_000
/** From the deletion's answer to its sight in the watch, which may have to reconnect. */
const sightDeadlineMs = 10_000

/**
 * One resource of Chaos Mesh, from its creation to its end. Chaos Mesh's own word (selected, all injected) comes
 * first, the exact moments from its Events; then the pods are looked at, where the API server can tell.
 */
export const chaosMeshDriver: Driver<MeshInjection> = (injection, context): ActiveInjection => {
  const session = context.mesh()
  const { probe } = injection
  const fault = new MeshFault(injection, session, probe === undefined ? null : askProbe(probe, context.probeEnv))
  const stillFelt = probe === undefined ? undefined : askWhetherActive(probe, context.probeEnv)
  // The target's own word that it feels nothing counts, also where the watch cannot tell.
  const stillActive = async (signal: AbortSignal): Promise<Evidence | null> => {
    const injected = fault.stillInjected()
    if (injected?.ok === false || stillFelt === undefined) return injected
    const felt = await stillFelt(signal)
    return felt?.ok === false ? felt : injected && felt
  }
  return {
    prepare: () => fault.prepare(),
    inject: (signal) => fault.inject(signal),
    confirmActive: (signal) => fault.confirmActive(signal),
    // A one-shot cannot be taken back; its resource goes with the run.
    ...(injection.oneShot
      ? {}
      : { stillActive, undo: () => fault.remove(), confirmRemoved: () => fault.confirmRemoved() }),
    edges: () => fault.edges,
    touches: () => [],
    checkBy: fault.checkBy,
  }
}

const over: FaultState[] = ['paused', 'removing', 'removed', 'lost']

type Probe = ReturnType<typeof askProbe>

class MeshFault {
  readonly checkBy: string[]
  #injection: MeshInjection
  #session: MeshSession
  #observer: Observer
  #name: string
  #before: Pod[] = []
  #calledAtMs = 0
  edges: { injected: EdgeTimes | null; removed: EdgeTimes | null } = { injected: null, removed: null }
  #removal: Removal | null = null
  #wasPaused = false
  #probe: Probe | null

  /** @param probe asks the target itself whether it feels the fault, where the game day names a way to */
  constructor(injection: MeshInjection, session: MeshSession, probe: Probe | null) {
    const { namespace, kind } = injection
    this.#probe = probe
    this.#injection = injection
    this.#session = session
    this.#name = session.nextName(kind)
    this.#observer = new Observer(session.cluster.api, session.clock, { namespace, kind, name: this.#name })
    const { argv } = injection.probe ?? {}
    this.checkBy = [
      kubectl(session.ref, `get ${resourceWord(kind)} ${this.#name} -o yaml`),
      ...(argv ? [argv.join(' ')] : []),
    ]
  }

  async prepare(): Promise<void> {
    this.#before = await listPods(this.#session.cluster)
    const { ok, text } = (await this.#probe?.(false)) ?? { ok: true, text: '' }
    if (ok) return
    throw new HoldfastError(`its probe does not say that it is absent before the injection: ${text}`, {
      hint: 'It must end with 0 while the target feels the fault, and with another code before.',
    })
  }

  async inject(signal?: AbortSignal): Promise<void> {
    const observer = this.#observer
    observer.start()
    try {
      const { calledAtMs } = await this.#session.create(this.#injection, this.#name)
      this.#calledAtMs = calledAtMs
      const isInjected = await observer.until(({ state }) => state === 'injected', injectionDeadlineMs, signal)
      const seenAtMs = Date.now()
      if (!isInjected) throw await this.#notInjected(signal)
      await observer.readEvents(({ windows }) => windows.at(-1)?.applied?.withinMs === 0)
      observer.compareClocks(calledAtMs, Date.now())
      const { firstApplied, applied } = observer.edges.windows.at(-1) ?? { firstApplied: null, applied: null }
      this.edges.injected = this.#here(firstApplied, applied, { calledAtMs, repliedAtMs: seenAtMs })
    } catch (error) {
      // Left alone, it would be put on the next pod that fits.
      if (this.#injection.oneShot) await this.remove()
      throw error
    }
  }

  async #notInjected(signal?: AbortSignal): Promise<HoldfastError> {
    const observer = this.#observer
    const { kind } = this.#injection
    if (signal?.aborted) return new HoldfastError(`${kind} ${this.#name}: the run was stopped before it was injected`)
    await observer.readEvents(({ problem }) => problem !== null)
    const { state, targets, problem } = observer.edges
    const why = problem ?? observer.trouble ?? observer.eventsTrouble ?? 'Chaos Mesh does not say why'
    const where = state === 'pending' ? 'no pod was selected' : `selected were ${targets.join(', ')}`
    return new HoldfastError(
      `${kind} ${this.#name} was not injected in ${injectionDeadlineMs / 1000} s: ${where}; ${why}`,
      {
        hint: `Look at it with: ${this.checkBy[0]}`,
      },
    )
  }

  async confirmActive(signal?: AbortSignal): Promise<Evidence> {
    const { targets } = this.#observer.edges
    const said = `injected into ${targets.map(shortId).join(', ')}`
    const seen = await this.#look('active', targets, signal)
    if (this.#injection.oneShot) this.#observer.stop()
    return seen === null
      ? { ok: true, text: `${said}, as Chaos Mesh says; the API server shows nothing of its effect` }
      : { ok: seen.ok, text: `${said}; ${seen.text}` }
  }

  /** What the API server shows of the pods, and what the probe says; null where there is neither. */
  async #look(edge: 'active' | 'removed', targets: string[], signal?: AbortSignal): Promise<Evidence | null> {
    const pods = targets.length === 0 ? null : effectProbe(this.#injection)
    const hits = targets.map(hitOf)
    const probe = this.#probe
    const looks = [
      pods && (async () => pods[edge](hits, this.#before, await listPods(this.#session.cluster))),
      probe && (() => probe(edge === 'active', signal)),
    ].filter((look) => look !== null)
    const options = { deadlineMs: effectDeadlineMs, everyMs: 100, signal }
    const seen = await Promise.all(looks.map((look) => lookUntil(patient(look), options)))
    if (seen.length === 0) return null
    return { ok: seen.every(({ ok }) => ok), text: seen.map(({ text }) => text).join('; ') }
  }

  /** What the watch has seen of its resource since; pods that are replaced show in it for a moment. */
  stillInjected(): Evidence | null {
    const { state } = this.#observer.edges
    if (over.includes(state)) return { ok: false, text: `${this.#injection.kind} ${this.#name} is ${state}` }
    return state === 'injected' && this.#observer.trouble === null ? { ok: true, text: 'injected' } : null
  }

  /** Deletes the resource and waits for the end of the fault. Safe to call twice, and when nothing was created. */
  async remove(): Promise<void> {
    const observer = this.#observer
    const { namespace, kind } = this.#injection
    const calledAtMs = Date.now()
    this.#wasPaused ||= observer.edges.state === 'paused'
    this.#removal = await removeExperiment(this.#session.cluster, { namespace, kind, name: this.#name })
    const isOver = ({ state }: FaultEdges) => state === 'removed' || state === 'lost'
    if (observer.observed.object !== null && this.#removal.gone) {
      await observer.until((_edges, { gone }) => gone, sightDeadlineMs)
      const isExact = (edges: FaultEdges) => isOver(edges) && edges.windows.at(-1)?.recovered?.withinMs === 0
      await observer.readEvents(isExact)
      observer.compareClocks(this.#calledAtMs, Date.now())
    }
    observer.stop()
    const recovered = observer.edges.windows.at(-1)?.recovered ?? null
    this.edges.removed = this.#here(recovered, recovered, { calledAtMs, repliedAtMs: Date.now() })
  }

  async confirmRemoved(): Promise<Evidence> {
    const { kind } = this.#injection
    const removal = this.#removal
    if (removal === null) return { ok: false, text: `${kind} ${this.#name} was not deleted` }
    if (!removal.gone) return { ok: false, text: `${kind} ${this.#name} is still there: ${removal.why}` }
    if (removal.forced)
      return { ok: false, text: forcedText(`${kind} ${this.#name}`, removal.why, this.#commandToReplace()) }
    if (this.#observer.observed.object === null) return { ok: true, text: `${kind} ${this.#name} was never there` }
    const { state, targets, problem, windows } = this.#observer.edges
    const paused = windows.length > 1 || this.#wasPaused ? '; it was paused in between' : ''
    const where = `${targets.map(shortId).join(', ') || 'no pod'}${paused}`
    if (state !== 'removed') {
      const why = problem ?? 'nothing says that its pods are rid of it'
      return {
        ok: false,
        text: `${kind} ${this.#name} is gone, but it is not known to be removed from ${where}: ${why}`,
      }
    }
    const seen = await this.#look('removed', targets)
    return seen === null
      ? { ok: true, text: `removed from ${where}, as Chaos Mesh says, and its resource is gone` }
      : { ok: seen.ok, text: `removed from ${where}; ${seen.text}` }
  }

  /** What was put into a pod ends with it at the latest. */
  #commandToReplace(): string | undefined {
    const pods = [...new Set(this.#observer.edges.targets.map((id) => hitOf(id).pod))]
    return pods.length === 0 ? undefined : kubectl(this.#session.ref, `delete pod ${pods.join(' ')}`)
  }

  /** An edge by this machine's clock. */
  #here(from: Edge | null, to: Edge | null, seen: EdgeTimes): EdgeTimes {
    if (from === null || to === null) return seen
    const first = this.#session.clock.here(from, seen)
    const last = this.#session.clock.here(to, seen)
    return { calledAtMs: first.calledAtMs, repliedAtMs: Math.max(first.calledAtMs, last.repliedAtMs) }
  }
}

type Edge = { atMs: number; withinMs: number }

/** `namespace/pod/container` without the namespace, which is always the run's. */
const shortId = (id: string): string => id.split('/').slice(1).join('/')

/** An API server that is away for a moment is no evidence. */
const patient = (look: () => Promise<Evidence>) => async (): Promise<Evidence> => {
  try {
    return await look()
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) }
  }
}
