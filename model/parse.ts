import { z } from 'zod'
import type { Duration } from './duration.ts'
import { durationHint, durationMs } from './duration.ts'
import { HoldfastError, messageOf } from './errors.ts'

/** One thing that is wrong with what a user wrote; `path` leads to the value. */
export interface Issue {
  path: PropertyKey[]
  message: string
  hint?: string
}

/**
 * Everything that is wrong with `value` by `schema`, in our words; empty when it fits.
 * Unknown keys come with the nearest known key.
 */
export const issuesOf = (schema: z.ZodType, value: unknown): Issue[] =>
  rawIssues(schema, value).flatMap((issue) => describe(schema, issue, value))

/** The first of them, or null; one of a million costs no more than one. */
export const firstIssue = (schema: z.ZodType, value: unknown): Issue | null => {
  const issue = firstBelow(schema, value, []) ?? rawIssues(schema, value)[0]
  if (issue === undefined) return null
  const one = issue.code === 'unrecognized_keys' ? { ...issue, keys: issue.keys.slice(0, 1) } : issue
  return describe(schema, one, value)[0] ?? null
}

/** The first in the parts of a value, one after the other: zod makes an issue of everything wrong before it gives any. */
const firstBelow = (schema: z.ZodType, value: unknown, path: PropertyKey[]): z.core.$ZodIssue | undefined => {
  if (value === undefined && schema._zod.optin === 'optional') return undefined
  const inner = wrapped(schema)
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    for (const [at, part] of value.entries()) {
      const found = firstBelow(inner.element as z.ZodType, part, [...path, at])
      if (found) return found
    }
    return undefined
  }
  if (inner instanceof z.ZodObject && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(inner.shape, key))
    if (unknown !== undefined && inner._zod.def.catchall instanceof z.ZodNever)
      return { code: 'unrecognized_keys', keys: [unknown], path, message: '', input: value as Record<string, unknown> }
    for (const [key, part] of Object.entries(inner.shape)) {
      const found = firstBelow(part as z.ZodType, (value as Record<string, unknown>)[key], [...path, key])
      if (found) return found
    }
    return undefined
  }
  const issue = rawIssues(schema, value)[0]
  return issue === undefined ? undefined : { ...issue, path: [...path, ...issue.path] }
}

/** What an optional or nullable schema is of. */
const wrapped = (schema: z.ZodType): z.ZodType =>
  !(schema instanceof z.ZodArray) && 'unwrap' in schema && typeof schema.unwrap === 'function'
    ? wrapped(schema.unwrap() as z.ZodType)
    : schema

const rawIssues = (schema: z.ZodType, value: unknown): z.core.$ZodIssue[] => {
  const result = schema.safeParse(value)
  if (result.success) return []
  // A mistyped key is both unknown and missing; only the first says what happened.
  const isUnknownKey = (issue: z.core.$ZodIssue) => Number(issue.code === 'unrecognized_keys')
  return result.error.issues.toSorted((a, b) => isUnknownKey(b) - isUnknownKey(a))
}

/**
 * `value` as the schema's type.
 * @param place What the value is, for the error: `gamedays/batchsender/demo.ts`.
 * @throws HoldfastError with the first thing that is wrong, as one line.
 */
export const parseStrict = <T>(schema: z.ZodType<T>, value: unknown, place: string): T => {
  const first = firstIssue(schema, value)
  if (first === null) return schema.parse(value)
  const path = pathText(first.path)
  throw new HoldfastError(`${place}: ${path === '' ? '' : `${path}: `}${first.message}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  })
}

/** A duration as users write it, checked. */
export const durationSchema: z.ZodType<Duration> = z.union([z.string(), z.number()]).superRefine((value, context) => {
  try {
    durationMs(value)
  } catch (error) {
    const message = messageOf(error).replace(/^duration: /, '')
    context.addIssue({ code: 'custom', message, input: value, params: { hint: durationHint } })
  }
})

/** `objectives[0].target` */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = /^[\w./-]*$/.test(String(key)) ? clipped(String(key)) : shown(String(key))
    return text === '' ? name : `${text}.${name}`
  }, '')

/** The name that a mistyped one was probably meant to be, as a hint; else all names. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  // Comparing takes as long as the name.
  if (name.length > 200) return known.length === 0 ? 'There are none.' : `There are: ${known.join(', ')}.`
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  if (nearest && nearest.distance <= Math.max(1, Math.floor(name.length / 3)))
    return `Did you mean "${nearest.candidate}"?`
  return known.length === 0 ? 'There are none.' : `There are: ${known.join(', ')}.`
}

const describe = (schema: z.ZodType, issue: z.core.$ZodIssue, root: unknown): Issue[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: 'unknown key',
      hint: didYouMean(key, keysAt(schema, issue.path)),
    }))
  }
  const value = valueAt(root, issue.path)
  const missing = value === undefined
  const says = missing ? 'is missing' : `${shown(value)} is not allowed`
  if (issue.code === 'invalid_value') {
    return [{ path: issue.path, message: says, hint: `Allowed: ${issue.values.map(String).join(', ')}.` }]
  }
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return [{ path: issue.path, message: says, hint: `Allowed: ${issue.options.join(', ')}.` }]
  }
  if (issue.code === 'invalid_type') {
    return [{ path: issue.path, message: missing ? 'is missing' : `${shown(value)} is not ${article(issue.expected)}` }]
  }
  if (issue.code === 'custom' && typeof issue.params?.hint === 'string') {
    return [{ path: issue.path, message: issue.message, hint: issue.params.hint }]
  }
  return [{ path: issue.path, message: missing && issue.code === 'invalid_union' ? 'is missing' : issue.message }]
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)

/** A value of a user's in a message: texts in quotes, and nothing too long. */
export const shown = (value: unknown): string => clipped(textOf(value))

const clipped = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)

/** A game day is a program: its values may be anything, and JSON knows no NaN, no bigint, no circle. */
const textOf = (value: unknown): string => {
  if (typeof value !== 'object' && typeof value !== 'string') return String(value)
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return Array.isArray(value) ? 'this list' : 'this object'
  }
}

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  )

/** Keys that the object schema at `path` knows. */
const keysAt = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => {
  let current: z.ZodType | undefined = bare(schema)
  for (const key of path) {
    if (current instanceof z.ZodObject) current = bare(current.shape[String(key)] as z.ZodType | undefined)
    else if (current instanceof z.ZodArray) current = bare(current.element as z.ZodType)
    else if (current instanceof z.ZodRecord) current = bare(current.valueType as z.ZodType)
    else return []
  }
  if (current instanceof z.ZodObject) return Object.keys(current.shape)
  if (current instanceof z.ZodUnion) return current.options.flatMap((option) => keysAt(option as z.ZodType, []))
  return []
}

const bare = (schema: z.ZodType | undefined): z.ZodType | undefined =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? bare(schema.unwrap() as z.ZodType)
    : schema

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
const editDistance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    rows.push([i])
    for (let j = 1; j <= b.length; j++) {
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      rows[i]?.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return at(a.length, b.length)
}
