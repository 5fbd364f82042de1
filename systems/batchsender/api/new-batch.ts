import { createHash, randomUUID } from 'node:crypto'
import { HttpError } from '../../lib/http-error.ts'

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

/** PostgreSQL's text cannot hold the character 0. */
export const isText = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value.length <= maxLength && !value.includes('\0')

const isAddress = (value: unknown): value is string => isText(value, 320) && /^[^\s@]+@[^\s@]+$/.test(value)

/** What an id may look like; nothing else is ever stored under one. */
export const isBatchId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.:-]{1,200}$/.test(value)

const refuse = (message: string): never => {
  throw new HttpError(400, 'invalid', message)
}

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

/** @throws HttpError 400 when the text is no JSON object. */
export const parseObject = (text: string): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new HttpError(400, 'invalid_json', 'the body is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('the body is not a JSON object')
  return value as Record<string, unknown>
}
