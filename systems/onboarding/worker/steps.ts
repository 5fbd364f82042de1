import type { Cache } from '../../lib/cache/client.ts'
import type { Database } from '../../lib/postgres.ts'
import type { CaseLog } from '../case-log.ts'
import type { Webhooks } from './webhooks.ts'

export interface StepOptions {
  database: Database
  caseLog: CaseLog
  cache: Cache
  webhooks: Webhooks
  scan: () => Promise<void>
}

/** An event of the outbox; `id` is the same however often it comes. */
export interface CaseEvent {
  id: string
  action: string
  caseId: string
}

// The lock keeps an older view from being written after a newer one.
const refresh = `
  insert into projections (case_id, view)
  select id, json_build_object(
    'id', id, 'reference', reference, 'status', status, 'riskScore', risk_score,
    'documents', (select count(*) from documents where case_id = cases.id),
    'webhook', case when webhook_delivered_at is null then 'pending' else 'delivered' end)
  from cases where id = $1 for no key update of cases
  on conflict (case_id) do update set view = excluded.view`

/** What follows from an event. Every step can be repeated without harm. */
export const handleEvent = async (event: CaseEvent, options: StepOptions): Promise<void> => {
  const { database, cache } = options
  if (event.action === 'document.uploaded') await scanDocuments(event, options)
  if (event.action === 'case.decided') await tellPartner(event, options)
  await database.query(refresh, [event.caseId])
  await cache.forget(event.caseId)
}

/** EICAR is the file that every scanner takes for a virus. */
const scanDocuments = async ({ caseId }: CaseEvent, { caseLog, scan }: StepOptions): Promise<void> => {
  await scan()
  await caseLog.take({
    action: 'document.scanned',
    effect: `update documents set status = case when content like '%EICAR%' then 'infected' else 'clean' end
      where case_id = $1 and status = 'uploaded' returning case_id`,
    values: [caseId],
    quiet: true,
  })
}

const tellPartner = async ({ id, caseId }: CaseEvent, { database, caseLog, webhooks }: StepOptions): Promise<void> => {
  const [found] = await database.query<{ reference: string; status: string }>(
    'select reference, status from cases where id = $1',
    [caseId],
  )
  if (!found) throw new Error(`no case ${caseId}`)
  await webhooks.send({ id, type: 'case.decided', ...found })
  await caseLog.take({
    action: 'webhook.delivered',
    effect: 'update cases set webhook_delivered_at = now() where id = $1 returning id as case_id',
    values: [caseId],
    quiet: true,
  })
}
