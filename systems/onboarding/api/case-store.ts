import { createHash, randomUUID } from 'node:crypto'
import { HttpError } from '../../lib/http-error.ts'
import type { Database, Row } from '../../lib/postgres.ts'
import type { CaseLog } from '../case-log.ts'

export type Decision = 'approved' | 'rejected'
export type DocumentStatus = 'uploaded' | 'clean' | 'infected' | 'verified'

/** A case as clients see it. */
export interface CaseView extends Row {
  id: string
  reference: string
  status: 'open' | Decision
  riskScore: number | null
}

const columns = 'id, reference, status, risk_score as "riskScore"'

/** Cases and their documents in the database, as the API needs them. */
export class CaseStore {
  #database: Database
  #caseLog: CaseLog
  #forgetful: boolean

  /** @param forgetful The weakness `no-idempotency`. */
  constructor(database: Database, caseLog: CaseLog, forgetful: boolean) {
    this.#database = database
    this.#caseLog = caseLog
    this.#forgetful = forgetful
  }

  /**
   * The id of the case that this key stands for, new or known.
   * @throws HttpError 422 when the key was used for something else.
   */
  async create(givenKey: string, reference: string, applicant: object): Promise<string> {
    const key = this.#forgetful ? randomUUID() : givenKey
    const text = JSON.stringify(applicant)
    const digest = createHash('sha256').update(`${reference}\n${text}`).digest('base64')
    const made = await this.#caseLog.take({
      action: 'case.created',
      first: `fresh as (insert into idempotency_keys (key, digest, case_id) values ($1, $2, $3)
        on conflict do nothing returning case_id)`,
      effect:
        'insert into cases (id, reference, applicant) select case_id, $4, $5::json from fresh returning id as case_id',
      values: [key, digest, randomUUID(), reference, text],
    })
    if (made) return made.case_id
    const [known] = await this.#database.query<{ digest: string; case_id: string }>(
      'select digest, case_id from idempotency_keys where key = $1',
      [key],
    )
    if (known?.digest === digest) return known.case_id
    throw new HttpError(422, 'key_in_use', 'this idempotency key was used for another request')
  }

  async get(id: string): Promise<CaseView> {
    const [found] = await this.#database.query<CaseView>(`select ${columns} from cases where id = $1`, [id])
    if (!found) throw new HttpError(404, 'not_found', 'no such case')
    return found
  }

  /** Per reference how many cases there are, and whether each has its entry in the audit log. */
  find(references: string[]): Promise<{ reference: string; cases: number; audited: boolean }[]> {
    return this.#database.query(
      `select reference, count(*)::int as cases, bool_and(exists (
         select from audit_log where case_id = cases.id and action = 'case.created')) as audited
       from cases where reference = any($1) group by reference`,
      [references],
    )
  }

  /** The same document again changes nothing. */
  async upload(caseId: string, documentId: string, content: string): Promise<DocumentStatus> {
    await this.get(caseId)
    const added = await this.#caseLog.take({
      action: 'document.uploaded',
      effect:
        'insert into documents (case_id, id, content) values ($1, $2, $3) on conflict do nothing returning case_id',
      values: [caseId, documentId, content],
    })
    return added ? 'uploaded' : await this.document(caseId, documentId)
  }

  async document(caseId: string, id: string): Promise<DocumentStatus> {
    const [found] = await this.#database.query<{ status: DocumentStatus }>(
      'select status from documents where case_id = $1 and id = $2',
      [caseId, id],
    )
    if (!found) throw new HttpError(404, 'not_found', 'no such document')
    return found.status
  }

  async verify(caseId: string, id: string): Promise<DocumentStatus> {
    const effect = `update documents set status = 'verified' where case_id = $1 and id = $2 and status = 'clean'
      returning case_id`
    await this.#caseLog.take({ action: 'document.verified', effect, values: [caseId, id] })
    const status = await this.document(caseId, id)
    if (status !== 'verified') throw new HttpError(409, `document_${status}`, `the document is ${status}`)
    return status
  }

  async fillChecklist(id: string, items: Record<string, unknown>): Promise<CaseView> {
    const effect = 'update cases set checklist = $2::json where id = $1 returning id as case_id'
    await this.#caseLog.take({ action: 'checklist.filled', effect, values: [id, JSON.stringify(items)], quiet: true })
    return await this.get(id)
  }

  async assess(id: string, riskScore: number): Promise<CaseView> {
    const effect = 'update cases set risk_score = $2 where id = $1 returning id as case_id'
    await this.#caseLog.take({ action: 'risk.assessed', effect, values: [id, riskScore], quiet: true })
    return await this.get(id)
  }

  /** Decided once: the same decision again changes nothing, another one is refused. */
  async decide(id: string, decision: Decision): Promise<CaseView> {
    const effect = `update cases set status = $2, decided_at = now()
      where id = $1 and (status = 'open' or ${this.#forgetful}) and checklist is not null and risk_score is not null
        and not exists (select from documents where case_id = $1 and status <> 'verified')
      returning id as case_id`
    await this.#caseLog.take({ action: 'case.decided', effect, values: [id, decision] })
    const now = await this.get(id)
    if (now.status === 'open') throw new HttpError(409, 'not_ready', 'documents, checklist or risk are not done yet')
    if (now.status !== decision) throw new HttpError(409, 'decided', `the case is ${now.status}`)
    return now
  }

  async auditLog(caseId: string): Promise<string[]> {
    await this.get(caseId)
    const rows = await this.#database.query<{ action: string }>(
      'select action from audit_log where case_id = $1 order by id',
      [caseId],
    )
    return rows.map(({ action }) => action)
  }
}
