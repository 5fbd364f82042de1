import { retry } from './backoff.ts'
import type { Database } from './postgres.ts'

/** Creates tables in the background, as often as it takes. */
export interface Schema {
  /** For `/health/ready`. */
  check: () => Promise<void>
  ready: Promise<void>
}

/**
 * @param lock Number of the advisory lock that keeps two replicas from doing it at once.
 * @param statements SQL that creates what is missing.
 */
export const createSchema = (database: Database, lock: number, statements: string): Schema => {
  let done = false
  const create = () => database.query(`begin; select pg_advisory_xact_lock(${lock}); ${statements} commit`)
  const ready = retry(create, { retries: Number.POSITIVE_INFINITY, firstDelayMs: 100, maxDelayMs: 1000 }).then(() => {
    done = true
  })
  return {
    check: async () => {
      if (!done) throw new Error('the tables are not there yet')
    },
    ready,
  }
}
