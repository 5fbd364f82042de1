import type { Injection, Toxic } from '../../model/fault.ts'
import type { ProxySpec } from '../../model/system.ts'
import type { Driver } from './driver.ts'
import { type ExchangeResult, exchangeOnce, ProbeConnection } from './exchange.ts'
import { Toxiproxy } from './toxiproxy.ts'
import { type Evidence, lookUntil } from './wait.ts'

const silenceMs = 700
const answerMs = 3_000
const removedDeadlineMs = 10_000

/**
 * Toxics on one link. Felt on a connection that was open before and on a new one; gone when none is left and new ones are
 * answered again, or are not for another reason.
 */
export const proxyDriver: Driver<Extract<Injection, { driver: 'proxy' }>> = (injection, context) => {
  const spec = context.proxy(injection.proxy)
  const { name, listenPort, protocol } = spec
  const api = new Toxiproxy(context.proxyApiUrl)
  const open: { before: ProbeConnection | null } = { before: null }

  return {
    prepare: async () => {
      open.before = new ProbeConnection(listenPort, protocol)
      await open.before.exchange(answerMs)
    },
    inject: async () => {
      for (const toxic of injection.toxics) await api.addToxic(name, toxic)
    },
    confirmActive: async () => {
      const waitMs =
        expectedDelayMs(injection.toxics) === null ? silenceMs : answerMs + (expectedDelayMs(injection.toxics) ?? 0)
      const [before, fresh, listed] = await Promise.all([
        open.before?.exchange(waitMs),
        exchangeOnce(listenPort, protocol, waitMs),
        api.toxicNames(name),
      ])
      open.before?.close()
      const missing = missingOf(injection.toxics, listed)
      if (missing !== '') return { ok: false, text: `${name}: toxic ${missing} is not there` }
      const seen = [before, fresh].filter((result) => result !== undefined)
      return {
        ok: seen.every((result) => isFelt(injection.toxics, result)),
        text: `${name}: open connection ${words(before)}; new connection ${words(fresh)}`,
      }
    },
    stillActive: async () => {
      if (!context.proxyServerRuns()) return { ok: false, text: `${name}: Toxiproxy has ended, and its toxics with it` }
      const missing = missingOf(injection.toxics, await api.toxicNames(name))
      return { ok: missing === '', text: `${name}: toxic ${missing} is not there any more` }
    },
    undo: async () => {
      open.before?.close()
      // Toxics live in Toxiproxy's memory: when it has ended, they have ended with it.
      if (!context.proxyServerRuns()) return
      // All at once: one that can't be removed must not keep the others.
      await Promise.all(injection.toxics.map((toxic) => api.removeToxic(name, toxic.name)))
    },
    confirmRemoved: () => {
      const look = async () =>
        context.proxyServerRuns()
          ? await removed(api, injection.toxics, spec)
          : { ok: true, text: `${name}: Toxiproxy has ended, and its toxics with it` }
      return lookUntil(look, { deadlineMs: removedDeadlineMs, everyMs: 100 })
    },
    touches: () => [],
    checkBy: [`curl ${context.proxyApiUrl}/proxies/${name}/toxics`],
  }
}

const missingOf = (toxics: Toxic[], listed: string[]): string =>
  toxics
    .map((toxic) => toxic.name)
    .filter((one) => !listed.includes(one))
    .join(', ')

/** Extra milliseconds that one exchange must take, null where no answer at all is expected, 0 where neither can be seen. */
const expectedDelayMs = (toxics: Toxic[]): number | null => {
  if (
    toxics.some(
      ({ type, attributes }) =>
        type === 'timeout' || type === 'reset_peer' || (type === 'bandwidth' && attributes.rate === 0),
    )
  ) {
    return null
  }
  return toxics
    .filter(({ type }) => type === 'latency')
    .reduce((sum, { attributes }) => sum + (attributes.latency ?? 0) - (attributes.jitter ?? 0), 0)
}

/** A slow link must take nine tenths of what it was told; a cut one must not answer. A narrow one shows in the list only. */
const isFelt = (toxics: Toxic[], result: ExchangeResult): boolean => {
  const delayMs = expectedDelayMs(toxics)
  if (delayMs === null) return !result.answered
  return !result.answered || result.elapsedMs >= 0.9 * delayMs
}

/** A link that is silent although nothing of the fault is left has its silence from somewhere else, and that is shown. */
const removed = async (
  api: Toxiproxy,
  toxics: Toxic[],
  { name, listenPort, upstreamPort, protocol }: ProxySpec,
): Promise<Evidence> => {
  const listed = await api.toxicNames(name)
  const left = listed.filter((one) => toxics.some((toxic) => toxic.name === one))
  if (left.length > 0) return { ok: false, text: `${name}: toxic ${left.join(', ')} is still there` }
  const result = await exchangeOnce(listenPort, protocol, answerMs)
  const text = `${name}: no toxic of this fault left; new connection ${words(result)}`
  if (result.answered) return { ok: true, text }
  if (listed.length > 0) return { ok: true, text: `${text}, with toxic ${listed.join(', ')} of another fault` }
  const direct = await exchangeOnce(upstreamPort, protocol, answerMs)
  return { ok: !direct.answered, text: `${text}; without the proxy ${words(direct)}` }
}

const words = (result: ExchangeResult | undefined): string =>
  result === undefined ? 'not opened' : result.answered ? `answered in ${result.elapsedMs.toFixed(0)} ms` : result.text
