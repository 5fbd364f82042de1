import type { Log } from './log.ts'
import type { PartSettings } from './part-settings.ts'
import { Database } from './postgres.ts'

type DatabaseOption = 'dbPoolSize' | 'dbConnectTimeoutMs' | 'dbQueryTimeoutMs'

/** The pool that a part's settings ask for; with the weakness `no-db-timeout`, in systems that have it, it waits for ever. */
export const openDatabase = (settings: PartSettings<DatabaseOption>, log: Log): Database => {
  const forEver = settings.has('no-db-timeout')
  return new Database({
    url: settings.databaseUrl,
    poolSize: settings.option('dbPoolSize'),
    connectTimeoutMs: forEver ? 0 : settings.option('dbConnectTimeoutMs'),
    queryTimeoutMs: forEver ? 0 : settings.option('dbQueryTimeoutMs'),
    log,
  })
}
