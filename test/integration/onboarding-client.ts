import { onboarding } from '../../systems/onboarding/index.ts'
import { type Answer, get, once, post } from './client.ts'
import { type Parts, waitUntil } from './parts.ts'

/** What tests of Onboarding's stand-in ask of it. */
export const makeClient = (parts: Parts) => {
  const api = parts.url('api')
  const create = (reference: string, key = reference): Promise<Answer> =>
    post(`${api}/cases`, { reference, applicant: { name: 'A' } }, { 'idempotency-key': key })
  const document = (id: string, content: string) => post(`${api}/cases/${id}/documents`, { id: 'passport', content })
  const decide = (id: string, decision = 'approved') => post(`${api}/cases/${id}/decision`, { decision })
  const projection = (id: string) => get(`${parts.url('projections')}/projections/cases/${id}`)
  const scanned = (id: string) =>
    waitUntil(`the document of ${id} is scanned`, async () => {
      const { json } = await get(`${api}/cases/${id}/documents/passport`)
      return json.status !== 'uploaded'
    })
  return {
    create,
    document,
    decide,
    projection,
    scanned,
    /** A new case, up to its decision; its id. */
    decided: async (reference: string): Promise<string> => {
      const { id } = (await create(reference)).json
      await document(id, 'a passport')
      await post(`${api}/cases/${id}/checklist`, { items: { identity: true } })
      await post(`${api}/cases/${id}/risk`, {})
      await scanned(id)
      await post(`${api}/cases/${id}/documents/passport/verify`, {})
      const { status, json } = await decide(id)
      if (status !== 200) throw new Error(`not decided: ${JSON.stringify(json)}`)
      return id
    },
    told: (id: string) =>
      waitUntil(`the partner knows of ${id}`, async () => (await projection(id)).json.webhook === 'delivered'),
    audit: (references: string[]) =>
      onboarding.audit?.({
        baseUrl: api,
        scenarioEnv: parts.layout.scenarioEnv,
        acknowledged: once(references),
        signal: AbortSignal.timeout(10_000),
      }),
    ready: (name: string) =>
      waitUntil(`${name} is ready`, async () => (await get(`${parts.url(name)}/health/ready`)).status === 200),
  }
}
