import { errorFields, type Log } from '../lib/log.ts'
import type { Database, Row } from '../lib/postgres.ts'

export interface Step {
  /** What happened, as the audit log says it: `case.created`. */
  action: string
  /** SQL that does it, with `returning case_id`. */
  effect: string
  values: unknown[]
  /** A statement `name as (...)` that comes before the effect. */
  first?: string
  /** Not told to the queue. */
  quiet?: boolean
}

/**
 * Steps of a case: the effect, its entry in the audit log and its event in the outbox are one statement,
 * so all of them happen or none.
 */
export class CaseLog {
  #database: Database
  #late: { caseId: string; action: string }[] | null

  /** @param delayMs Null: no delay. Else the weakness `late-audit`. */
  constructor(database: Database, delayMs: number | null, log: Log) {
    this.#database = database
    this.#late = delayMs === null ? null : []
    if (delayMs !== null) setInterval(() => void this.flush(log), delayMs)
  }

  /** What the effect returned; null when it found nothing to do. */
  async take<R extends Row & { case_id: string }>({ action, effect, values, first, quiet }: Step): Promise<R | null> {
    const event = `json_build_object('action', '${action}', 'caseId', case_id)`
    const [row] = await this.#database.query<R>(
      `with ${first === undefined ? '' : `${first}, `}
        effect as (${effect}),
        audited as (insert into audit_log (case_id, action) select case_id, '${action}' from effect where ${!this.#late}),
        told as (insert into outbox (event) select ${event} from effect where ${!quiet})
      select * from effect`,
      values,
    )
    if (row && this.#late) this.#late.push({ caseId: row.case_id, action })
    return row ?? null
  }

  async flush(log: Log): Promise<void> {
    const entries = this.#late?.splice(0) ?? []
    if (entries.length === 0) return
    const columns = [entries.map(({ caseId }) => caseId), entries.map(({ action }) => action)]
    await this.#database
      .query('insert into audit_log (case_id, action) select * from unnest($1::text[], $2::text[])', columns)
      .catch((error: unknown) => log.error('audit log lost', errorFields(error)))
  }
}
