import { Counter } from 'prom-client'
import { EarlyAck } from '../../lib/early-ack.ts'
import { makeLog } from '../../lib/log.ts'
import { makeRegistry } from '../../lib/metrics.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { parseBatch } from '../batch.ts'
import { GameMetricsSettings } from '../settings.ts'

const settings = new GameMetricsSettings(process.env)
const log = makeLog('ingestion')

/** Takes batches of events, and says 202 when the topic has them. */
await runPart(log, async () => {
  const topic = settings.openRawEvents('ingestion', log)
  const register = makeRegistry()
  const ingested = new Counter({ name: 'events_ingested_total', help: 'Events accepted', registers: [register] })
  const publish = ({ id, text }: { id: string; text: string }) => topic.publish(text, id)
  const earlyAck = settings.has('ack-before-store') ? new EarlyAck(publish, log) : null

  const { app } = makeService({ log, register, checks: { broker: () => topic.check() } })
  app.post('/events', async (c) => {
    const text = await c.req.text()
    const { id, events } = parseBatch(text)
    if (earlyAck) earlyAck.add(id, { id, text })
    else await publish({ id, text })
    ingested.inc(events.length)
    return c.json({ id, events: events.length }, 202)
  })

  const stopListening = await listen(app, settings)
  return [stopListening, async () => earlyAck?.flush(), () => topic.close()]
})
