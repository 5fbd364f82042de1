import { HttpError } from './http-error.ts'

/** PostgreSQL's text cannot hold the character 0. */
export const isText = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value.length <= maxLength && !value.includes('\0')

/** Answers 400 with what is wrong. */
export const refuse = (message: string): never => {
  throw new HttpError(400, 'invalid', message)
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
