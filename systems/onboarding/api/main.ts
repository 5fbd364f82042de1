import { startLeak } from '../../lib/leak.ts'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { limitBody, requireContentType } from '../../lib/request-limits.ts'
import { createSchema } from '../../lib/schema.ts'
import { listen, makeService } from '../../lib/service.ts'
import { schema } from '../schema.ts'
import { OnboardingSettings } from '../settings.ts'
import { CaseStore } from './case-store.ts'
import { addRoutes } from './routes.ts'

const settings = new OnboardingSettings(process.env)
const log = makeLog(settings.name)

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const register = makeRegistry()
  poolMetrics(register, database)
  if (settings.has('leak')) startLeak()

  const tables = createSchema(database, 7202, schema)
  tables.ready.catch((error: unknown) => log.error('no tables', errorFields(error, true)))
  const checks = { database: () => database.query('select 1'), schema: tables.check }
  const { app } = makeService({ log, register, checks })
  app.use(requireContentType(['application/json']), limitBody(2_000_000))
  const caseLog = settings.openCaseLog(database, log)
  addRoutes(app, new CaseStore(database, caseLog, settings.has('no-idempotency')))

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening, () => caseLog.flush(log), () => database.close()]
})
