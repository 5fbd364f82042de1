import type { Injection } from '../../model/fault.ts'
import type { Readiness } from '../../model/system.ts'
import { dockerLimitDriver } from './docker-limit.ts'
import { stillSo } from './docker-look.ts'
import type { ActiveInjection, ContainerControl, ContainerState, Driver } from './driver.ts'
import { type ExchangeResult, exchangeOnce } from './exchange.ts'
import { type Evidence, lookUntil } from './wait.ts'

type DockerInjection = Extract<Injection, { driver: 'docker' }>

const confirmDeadlineMs = 10_000
const silenceMs = 700
const answerMs = 3_000
/** The budget of an undo is twice that. */
const removedDeadlineMs = 20_000

/**
 * Faults on the container of an instance, through its engine. The engine is asked what it did, and where
 * nothing may come through, the instance itself: on its published port, by exchanging data.
 */
export const dockerDriver: Driver<DockerInjection> = (injection, context) => {
  const { instance } = injection
  const container = context.container(instance)
  if (injection.action === 'cpu' || injection.action === 'memory') return dockerLimitDriver(injection, container)
  const probe = (timeoutMs: number) => exchangeOnce(...portOf(context.readiness(instance)), timeoutMs)
  const hit: { startedAtMs: number | null } = { startedAtMs: null }

  const kill = async () => {
    hit.startedAtMs = (await container.state()).startedAtMs
    await container.kill()
  }
  // It may have been started again already: then it began later.
  const ended = (signal?: AbortSignal) =>
    look(container, signal, ({ running, startedAtMs }) => ({
      ok: hit.startedAtMs !== null && (!running || startedAtMs > hit.startedAtMs),
      text: running && startedAtMs === hit.startedAtMs ? 'is still running' : 'is gone',
    }))
  const common = { touches: () => [], checkBy: [`docker inspect -f '{{json .State}}' ${container.name}`] }
  const silent = async (signal: AbortSignal | undefined, is: (state: ContainerState) => boolean, text: string) => {
    const state = await look(container, signal, (now) => ({ ok: is(now), text }))
    const answer = await probe(silenceMs)
    return { ok: state.ok && !answer.answered, text: `${state.text}; ${instance} itself: ${words(answer)}` }
  }
  // What was paused has work to catch up with before it answers, on a busy machine for seconds.
  const answering = (is: (state: ContainerState) => boolean, text: string) =>
    lookUntil(
      async () => {
        if (!is(await container.state())) return { ok: false, text: `${container.name} not yet: ${text}` }
        const answer = await probe(answerMs)
        return { ok: answer.answered, text: `${container.name} ${text}; ${instance} itself: ${words(answer)}` }
      },
      { deadlineMs: removedDeadlineMs },
    )

  const still = (is: (state: ContainerState) => boolean, otherwise: string) =>
    stillSo(container, (now) => ({ ok: is(now), text: `${container.name} ${otherwise}` }))

  const actions: Record<typeof injection.action, ActiveInjection> = {
    kill: { inject: kill, confirmActive: ended, ...common },
    hold: {
      inject: async () => {
        context.hold(instance)
        await kill()
      },
      confirmActive: ended,
      stillActive: still(({ running }) => !running, 'was started again'),
      undo: async () => await context.release(instance),
      // Gone when it is started again; whether it is of use again is its recovery.
      confirmRemoved: () =>
        look(container, undefined, ({ running }) => ({ ok: running, text: running ? 'was started again' : 'is down' })),
      ...common,
    },
    freeze: {
      inject: container.pause,
      confirmActive: (signal) => silent(signal, ({ paused }) => paused, 'is paused'),
      stillActive: still(({ paused }) => paused, 'is not paused any more'),
      undo: async () => {
        if ((await container.state()).paused) await container.unpause()
      },
      confirmRemoved: () => answering(({ paused, running }) => !paused && running, 'is not paused'),
      ...common,
    },
    isolate: {
      inject: container.disconnect,
      confirmActive: (signal) => silent(signal, ({ connected }) => !connected, 'is off the network'),
      stillActive: still(({ connected }) => !connected, 'is on the network again'),
      undo: async () => {
        if (!(await container.state()).connected) await container.connect()
      },
      confirmRemoved: () => answering(({ connected }) => connected, 'is on the network'),
      ...common,
      checkBy: [`docker inspect -f '{{json .NetworkSettings.Networks}}' ${container.name}`],
    },
  }
  return actions[injection.action]
}

/** Asks the engine until it says so; a text that is not true yet begins with `not yet:`. */
const look = (
  { name, state }: ContainerControl,
  signal: AbortSignal | undefined,
  judge: (now: ContainerState) => Evidence,
): Promise<Evidence> =>
  lookUntil(
    async () => {
      const { ok, text } = judge(await state())
      return { ok, text: `${name} ${ok ? text : `not yet: ${text}`}` }
    },
    { deadlineMs: confirmDeadlineMs, signal },
  )

/** Port on 127.0.0.1 and protocol of an instance itself, past every link. */
const portOf = (readiness: Readiness): [number, 'http' | 'postgres' | 'nats'] =>
  readiness.kind === 'http' ? [Number(new URL(readiness.url).port), 'http'] : [readiness.port, readiness.kind]

const words = ({ answered, elapsedMs, text }: ExchangeResult): string =>
  answered ? `answered in ${elapsedMs.toFixed(0)} ms` : text
