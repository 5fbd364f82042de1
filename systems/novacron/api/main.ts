import { EarlyAck } from '../../lib/early-ack.ts'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics, readGauge } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { limitBody, requireContentType } from '../../lib/request-limits.ts'
import { createSchema } from '../../lib/schema.ts'
import { listen, makeService } from '../../lib/service.ts'
import { schema } from '../schema.ts'
import { NovaCronSettings } from '../settings.ts'
import { startDefects } from './defects.ts'
import { addRoutes } from './routes.ts'
import { type Asked, VmStore } from './vm-store.ts'

const settings = new NovaCronSettings(process.env)
const log = makeLog(settings.name)

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const register = makeRegistry()
  poolMetrics(register, database)
  settings.memoryMetric(register)
  readGauge(register, 'queue_depth', 'Operations that wait or are being worked on', async () => {
    const [row] = await database.query<{ depth: number }>(
      `select count(*)::int as depth from operations where status in ('pending', 'running')`,
    )
    return row?.depth ?? 0
  })

  const tables = createSchema(database, 7203, schema)
  tables.ready
    .then(() => startDefects(settings, database))
    .catch((error: unknown) => log.error('no tables', errorFields(error, true)))
  const { app } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), schema: tables.check },
  })
  app.use(requireContentType(['application/json']), limitBody(100_000))
  const store = new VmStore(database)
  const earlyAck = settings.has('ack-before-store') ? new EarlyAck<Asked>((asked) => store.ask(asked), log) : null
  addRoutes(app, { store, cache: settings.openCache(log), earlyAck })

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening, async () => earlyAck?.flush(), () => database.close()]
})
