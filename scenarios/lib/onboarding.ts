import { sleep } from 'k6'
import { Trend } from 'k6/metrics'
import type { Iteration } from './define.ts'
import { isEvery } from './define.ts'
import { type Answer, acknowledge, type RequestSpec, request } from './request.ts'

/** Onboarding's endpoints, and the life of a case through them. */

export const timeoutMs = 4_000
/** No time for a case is documented: one that is not through by then counts as one that never will be. */
const caseLimitMs = 20_000
const pollMs = 250

const completion = new Trend('case_completion', true)
const json = { 'content-type': 'application/json' }

type Check = (body: unknown) => string | null

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined

const says =
  (key: string, expected: unknown): Check =>
  (body) =>
    field(body, key) === expected ? null : `${key} is not as expected`

/** One request to the API. */
const call = (
  { baseUrl }: Iteration,
  spec: Pick<RequestSpec, 'name' | 'expect'> & { path: string; body?: object; check?: Check; key?: string },
): Answer =>
  request({
    name: spec.name,
    method: spec.body ? 'POST' : 'GET',
    url: `${baseUrl}${spec.path}`,
    headers: { ...(spec.body ? json : {}), ...(spec.key === undefined ? {} : { 'idempotency-key': spec.key }) },
    ...(spec.body ? { body: JSON.stringify(spec.body) } : {}),
    timeoutMs,
    expect: spec.expect,
    ...(spec.check ? { check: spec.check } : {}),
  })

const applicant = (n: number) => ({ name: `Applicant ${n}`, kind: n % 3 === 0 ? 'company' : 'person', country: 'DE' })

/** POST /cases under the iteration's write id; the id of the case, or null. */
export const createCase = (iteration: Iteration): string | null => {
  const { n, writeId } = iteration
  const { ok, body } = call(iteration, {
    name: 'POST /cases',
    path: '/cases',
    key: writeId,
    body: { reference: writeId, applicant: applicant(n) },
    expect: [201],
    check: (answer) =>
      field(answer, 'reference') === writeId && typeof field(answer, 'id') === 'string' ? null : 'names no case',
  })
  if (!ok) return null
  acknowledge(n)
  return String(field(body, 'id'))
}

/** The same request with the same key, as a client sends it that did not hear the answer: must name the same case. */
export const repeatCase = (iteration: Iteration, id: string): void => {
  call(iteration, {
    name: 'POST /cases repeated',
    path: '/cases',
    key: iteration.writeId,
    body: { reference: iteration.writeId, applicant: applicant(iteration.n) },
    expect: [201],
    check: (answer) => (field(answer, 'id') === id ? null : 'another case for the same key'),
  })
}

export const upload = (iteration: Iteration, id: string, content: string): boolean =>
  call(iteration, {
    name: 'POST /cases/:id/documents',
    path: `/cases/${id}/documents`,
    body: { id: 'passport', content },
    expect: [202],
    check: says('id', 'passport'),
  }).ok

const checklist = (iteration: Iteration, id: string): boolean =>
  call(iteration, {
    name: 'POST /cases/:id/checklist',
    path: `/cases/${id}/checklist`,
    body: { items: { identity: true, address: true, sanctions: 'none' } },
    expect: [200],
    check: says('id', id),
  }).ok

const risk = (iteration: Iteration, id: string): boolean =>
  call(iteration, {
    name: 'POST /cases/:id/risk',
    path: `/cases/${id}/risk`,
    body: {},
    expect: [200],
    check: (body) => (typeof field(body, 'riskScore') === 'number' ? null : 'no risk score'),
  }).ok

export const verify = (
  iteration: Iteration,
  id: string,
  expect: number,
  name = 'POST /cases/:id/documents/:id/verify',
) => call(iteration, { name, path: `/cases/${id}/documents/passport/verify`, body: {}, expect: [expect] }).ok

/** Approves the case; repeated, it must give the same answer. */
const decide = (iteration: Iteration, id: string, repeated: boolean): boolean =>
  call(iteration, {
    name: repeated ? 'POST /cases/:id/decision repeated' : 'POST /cases/:id/decision',
    path: `/cases/${id}/decision`,
    body: { decision: 'approved' },
    expect: [200],
    check: says('status', 'approved'),
  }).ok

/** The whole story must be in the audit log; the webhook is told of later. */
const readAudit = (iteration: Iteration, id: string): void => {
  const told = [
    ...['case.created', 'document.uploaded', 'checklist.filled', 'risk.assessed'],
    ...['document.scanned', 'document.verified', 'case.decided'],
  ]
  call(iteration, {
    name: 'GET /cases/:id/audit',
    path: `/cases/${id}/audit`,
    expect: [200],
    check: (body) => {
      const actions = field(body, 'actions')
      const missing = told.filter((action) => !Array.isArray(actions) || !actions.includes(action))
      return missing.length === 0 ? null : `not in the audit log: ${missing.join()}`
    },
  })
}

export const readCase = (iteration: Iteration, id: string): void => {
  const check = says('reference', iteration.writeId)
  call(iteration, { name: 'GET /cases/:id', path: `/cases/${id}`, expect: [200], check })
}

/** What the document is now; null when the answer was not as it should be. */
const documentStatus = (iteration: Iteration, id: string): unknown => {
  const { ok, body } = call(iteration, {
    name: 'GET /cases/:id/documents/:id',
    path: `/cases/${id}/documents/passport`,
    expect: [200],
    check: says('id', 'passport'),
  })
  return ok ? field(body, 'status') : null
}

/** A case that was just created may not be summed up yet: 404 is right, and tells nothing. */
const webhookStatus = (iteration: Iteration, id: string): unknown => {
  const base = __ENV.ONBOARDING_PROJECTIONS_URL || iteration.baseUrl
  const { status, ok, body } = request({
    name: 'GET /projections/cases/:id',
    method: 'GET',
    url: `${base}/projections/cases/${id}`,
    timeoutMs,
    expect: [200, 404],
    check: () => null,
  })
  return ok && status === 200 ? field(body, 'webhook') : null
}

/** Asks until it is so or the case's time is over, also when the load is; false then. */
const until = (isSo: () => boolean, sinceMs: number): boolean => {
  while (!isSo()) {
    if (Date.now() - sinceMs >= caseLimitMs) return false
    sleep(pollMs / 1000)
  }
  return true
}

/** Until the document is scanned. */
export const scanned = (iteration: Iteration, id: string, result: 'clean' | 'infected', sinceMs: number) =>
  until(() => documentStatus(iteration, id) === result, sinceMs)

/**
 * A case from its creation to the webhook that tells of its decision, with keys replayed on purpose.
 * A refused request ends it, and counts for itself; a case that comes to no end is a bad sample of `case_completion`.
 */
export const caseLife = (iteration: Iteration): void => {
  const { n } = iteration
  const sinceMs = Date.now()
  const id = createCase(iteration)
  if (id === null) return
  if (isEvery(n, 2, 0)) repeatCase(iteration, id)
  if (!upload(iteration, id, `passport of applicant ${n}`)) return
  if (!checklist(iteration, id) || !risk(iteration, id)) return
  const isClean = scanned(iteration, id, 'clean', sinceMs)
  if (isClean) {
    if (!verify(iteration, id, 200) || !decide(iteration, id, false)) return
    if (isEvery(n, 2, 1)) decide(iteration, id, true)
    if (isEvery(n, 5, 2)) readAudit(iteration, id)
    if (isEvery(n, 5, 3)) readCase(iteration, id)
  }
  const isDone = isClean && until(() => webhookStatus(iteration, id) === 'delivered', sinceMs)
  const error = isClean ? 'webhook not delivered in time' : 'document not scanned in time'
  completion.add(Date.now() - sinceMs, { name: 'case', ok: String(isDone), ...(isDone ? {} : { error }) })
}

/** Requests per iteration of `caseLife`, about. */
export const caseLifeRequests = {
  'POST /cases': 1,
  'POST /cases repeated': 0.5,
  'POST /cases/:id/documents': 1,
  'POST /cases/:id/checklist': 1,
  'POST /cases/:id/risk': 1,
  'GET /cases/:id/documents/:id': 1,
  'POST /cases/:id/documents/:id/verify': 1,
  'POST /cases/:id/decision': 1,
  'POST /cases/:id/decision repeated': 0.5,
  'GET /cases/:id/audit': 0.2,
  'GET /cases/:id': 0.2,
  'GET /projections/cases/:id': 1,
}

export const caseLifeSamples = { case_completion: { case: 0.9 } }

/** What every scenario of cases has in common. */
export const caseLoad = {
  sli: 'POST /cases',
  requests: caseLifeRequests,
  samples: caseLifeSamples,
  longestIterationMs: caseLimitMs + 2 * timeoutMs,
  run: caseLife,
}

const refused = (
  iteration: Iteration,
  name: string,
  path: string,
  body: object,
  expect: number,
  key?: string,
): void => {
  call(iteration, { name, path, body, expect: [expect], ...(key === undefined ? {} : { key }) })
}

/** What must be refused, and with which status. */
export const refusals = (iteration: Iteration): void => {
  const { n, writeId } = iteration
  const body = { reference: `${writeId}-refused`, applicant: applicant(n) }
  refused(iteration, 'POST /cases without key', '/cases', body, 400)
  refused(iteration, 'POST /cases other request', '/cases', body, 422, writeId)
}

/** A document with a virus must not be verified, nor its case decided: the document is all that it lacks. */
export const infectedCase = (iteration: Iteration): void => {
  const sinceMs = Date.now()
  const id = createCase(iteration)
  if (id === null || !upload(iteration, id, 'EICAR')) return
  const found = scanned(iteration, id, 'infected', sinceMs)
  if (!found || !checklist(iteration, id) || !risk(iteration, id)) return
  verify(iteration, id, 409, 'POST /cases/:id/documents/:id/verify infected')
  const decision = { decision: 'approved' }
  refused(iteration, 'POST /cases/:id/decision too early', `/cases/${id}/decision`, decision, 409)
}
