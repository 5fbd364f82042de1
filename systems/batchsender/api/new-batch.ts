import { createHash, randomUUID } from 'node:crypto'
import { isText, parseObject, refuse } from '../../lib/json-body.ts'

export const maxRecipients = 10_000

/** A batch as a client asks for it, checked. */
export interface NewBatch {
  id: string
  /** Of everything but the id: tells a repeated request from another one with the same id. */
  digest: string
  from: string
  subject: string
  body: string
  recipients: string[]
}

const isAddress = (value: unknown): value is string => isText(value, 320) && /^[^\s@]+@[^\s@]+$/.test(value)

/** What an id may look like; nothing else is ever stored under one. */
export const isBatchId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.:-]{1,200}$/.test(value)

/** @throws HttpError 400 that says which field is wrong. */
export const parseNewBatch = (text: string): NewBatch => {
  const value = parseObject(text)
  const { id = randomUUID(), from, subject, body, recipients } = value
  if (!isBatchId(id)) return refuse('id: 1 to 200 letters, digits, . _ : -')
  if (!isAddress(from)) return refuse('from: an e-mail address')
  if (!isText(subject, 998)) return refuse('subject: text of at most 998 characters')
  if (!isText(body, Number.POSITIVE_INFINITY)) return refuse('body: text')
  if (!Array.isArray(recipients) || recipients.length < 1 || recipients.length > maxRecipients) {
    return refuse(`recipients: 1 to ${maxRecipients} e-mail addresses`)
  }
  const wrong = recipients.findIndex((recipient) => !isAddress(recipient))
  if (wrong >= 0) return refuse(`recipients[${wrong}]: an e-mail address`)
  const digest = createHash('sha256')
    .update(JSON.stringify([from, subject, body, recipients]))
    .digest('base64')
  return { id, digest, from, subject, body, recipients }
}
