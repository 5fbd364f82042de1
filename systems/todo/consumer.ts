import { Counter } from 'prom-client'
import { type Log, makeLog } from '../lib/log.ts'
import { makeRegistry, readGauge } from '../lib/metrics.ts'
import { runPart } from '../lib/part.ts'
import { listen, makeService } from '../lib/service.ts'
import { TodoSettings } from './settings.ts'
import type { TaskEvent } from './task.ts'

export interface Consumer {
  /** Acts on one event; one that comes again must do no harm. Throwing means another try. */
  handle: (event: TaskEvent) => Promise<void>
  /** What it needs to do its work. */
  checks: Record<string, () => Promise<unknown>>
  close: () => Promise<void>
}

/** A part that reads the topic as a group of its own. */
export const runConsumer = async (
  name: string,
  open: (settings: TodoSettings, log: Log) => Consumer,
): Promise<void> => {
  const settings = new TodoSettings(process.env)
  const log = makeLog(name)
  await runPart(log, async () => {
    const events = settings.openEvents(name, log)
    const { handle, checks, close } = open(settings, log)
    const register = makeRegistry()
    readGauge(register, 'consumer_lag', 'Events that this consumer has yet to confirm', () => events.lag(name))
    const consumed = new Counter({ name: 'events_consumed_total', help: 'Events acted on', registers: [register] })
    const stopping = new AbortController()
    const consuming = events.consume({
      durable: name,
      ackWaitMs: settings.option('ackWaitMs'),
      concurrency: 4,
      handle: async (data) => {
        await handle(JSON.parse(data) as TaskEvent)
        consumed.inc()
      },
      signal: stopping.signal,
    })
    const { app } = makeService({ log, register, checks: { broker: () => events.check(), ...checks } })
    const stopListening = await listen(app, settings)
    return [async () => stopping.abort(), () => consuming, stopListening, () => events.close(), close]
  })
}
