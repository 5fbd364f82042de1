import type { Hono } from 'hono'
import { HttpError } from '../../lib/http-error.ts'
import { isText, parseObject, refuse } from '../../lib/json-body.ts'
import type { CaseStore } from './case-store.ts'

const maxReferences = 1000

/** A name for a case or document that a client may choose. */
const isName = (value: unknown): value is string => isText(value, 200) && /^[\w.:-]+$/.test(value)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** 0 (none) to 100, made from the reference: nothing is assessed, but the same case always has the same risk. */
export const riskScore = (reference: string): number =>
  [...reference].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 101, 7)

/** The life of a case. */
export const addRoutes = (app: Hono, store: CaseStore): void => {
  app.post('/cases', async (c) => {
    const key = c.req.header('idempotency-key')
    if (!isName(key)) return refuse('idempotency-key: a header of 1 to 200 letters, digits, . _ : -')
    const { reference, applicant } = parseObject(await c.req.text())
    if (!isName(reference)) return refuse('reference: 1 to 200 letters, digits, . _ : -')
    if (!isObject(applicant)) return refuse('applicant: an object')
    return c.json({ id: await store.create(key, reference, applicant), reference, status: 'open' }, 201)
  })

  app.get('/cases', async (c) => {
    const references = (c.req.query('references') ?? '').split(',').filter((reference) => reference !== '')
    if (references.length < 1 || references.length > maxReferences) {
      return refuse(`references: 1 to ${maxReferences} of them`)
    }
    return c.json({ found: await store.find(references.filter(isName)) })
  })

  app.get('/cases/:id', async (c) => c.json(await store.get(nameOf(c.req.param('id')))))
  app.get('/cases/:id/audit', async (c) => c.json({ actions: await store.auditLog(nameOf(c.req.param('id'))) }))

  app.post('/cases/:id/documents', async (c) => {
    const { id, content } = parseObject(await c.req.text())
    if (!isName(id)) return refuse('id: 1 to 200 letters, digits, . _ : -')
    if (!isText(content, 1_000_000) || content === '') return refuse('content: text of at most 1,000,000 characters')
    return c.json({ id, status: await store.upload(nameOf(c.req.param('id')), id, content) }, 202)
  })
  app.get('/cases/:id/documents/:document', async (c) => {
    const { id, document } = c.req.param()
    return c.json({ id: document, status: await store.document(nameOf(id), nameOf(document)) })
  })
  app.post('/cases/:id/documents/:document/verify', async (c) => {
    const { id, document } = c.req.param()
    return c.json({ id: document, status: await store.verify(nameOf(id), nameOf(document)) })
  })

  app.post('/cases/:id/checklist', async (c) => {
    const { items } = parseObject(await c.req.text())
    if (!isObject(items)) return refuse('items: an object')
    return c.json(await store.fillChecklist(nameOf(c.req.param('id')), items))
  })
  app.post('/cases/:id/risk', async (c) => {
    const { id, reference } = await store.get(nameOf(c.req.param('id')))
    return c.json(await store.assess(id, riskScore(reference)))
  })
  app.post('/cases/:id/decision', async (c) => {
    const { decision } = parseObject(await c.req.text())
    if (decision !== 'approved' && decision !== 'rejected') return refuse('decision: approved or rejected')
    return c.json(await store.decide(nameOf(c.req.param('id')), decision))
  })
}

/** Nothing is ever stored under another one. */
const nameOf = (value: string): string => {
  if (!isName(value)) throw new HttpError(404, 'not_found', 'no such thing')
  return value
}
