import pg from 'pg'
import { UnavailableError } from './http-error.ts'
import { errorFields, type Log } from './log.ts'

export interface DatabaseOptions {
  url: string
  poolSize: number
  /** Waiting for a connection, new or from the pool; 0 = for ever. */
  connectTimeoutMs: number
  /** One statement, at the client and at the server; 0 = for ever. */
  queryTimeoutMs: number
  log: Log
}

export type Row = Record<string, unknown>

/** SQLSTATE classes that say "not now": connection, resources, operator intervention (also: timeout), system error. */
const unavailableClasses = new Set(['08', '53', '57', '58'])

const isUnavailable = (error: unknown): boolean =>
  error instanceof pg.DatabaseError ? unavailableClasses.has((error.code ?? '').slice(0, 2)) : error instanceof Error

/**
 * A pool of PostgreSQL connections with time limits. A connection whose statement failed or timed
 * out is destroyed, never reused: an answer that comes late would be taken for the next one's.
 */
export class Database {
  readonly pool: pg.Pool

  constructor({ url, poolSize, connectTimeoutMs, queryTimeoutMs, log }: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      // A new connection is a new process of PostgreSQL's: what is open stays open, for the next burst.
      idleTimeoutMillis: 0,
      keepAlive: true,
      ...(queryTimeoutMs > 0 ? { query_timeout: queryTimeoutMs, statement_timeout: queryTimeoutMs } : {}),
    })
    // An idle connection that breaks is news, not a crash; the pool drops it by itself.
    this.pool.on('error', (error) => log.warn('idle database connection lost', errorFields(error)))
  }

  /**
   * Rows of one statement (its own transaction).
   * @throws UnavailableError when the database cannot be reached or does not answer in time.
   */
  async query<R extends Row = Row>(text: string, values: unknown[] = []): Promise<R[]> {
    try {
      // pool.query destroys the connection on every error.
      return (await this.pool.query<R>(text, values)).rows
    } catch (error) {
      if (isUnavailable(error)) throw new UnavailableError('database', error)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.pool.end()
  }
}
