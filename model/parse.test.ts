import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { HoldfastError } from './errors.ts'
import { didYouMean, durationSchema, firstIssue, issuesOf, parseStrict, pathText } from './parse.ts'

const schema = z.strictObject({
  name: z.string(),
  size: z.enum(['small', 'large']).optional(),
  parts: z.array(z.strictObject({ at: durationSchema, count: z.number() })).optional(),
  guard: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), one: z.number() }),
      z.strictObject({ kind: z.literal('b'), two: z.number() }),
    ])
    .optional(),
})

const refusal = (value: unknown): string => {
  try {
    parseStrict(schema, value, 'x.ts')
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

describe('parseStrict', () => {
  it.each([
    [undefined, 'x.ts: is missing | '],
    [7, 'x.ts: 7 is not an object | '],
    [{}, 'x.ts: name: is missing | '],
    [{ name: 7 }, 'x.ts: name: 7 is not a string | '],
    [{ name: 'n', sise: 'small' }, 'x.ts: sise: unknown key | Did you mean "size"?'],
    [{ name: 'n', colour: 1 }, 'x.ts: colour: unknown key | There are: name, size, parts, guard.'],
    [{ name: 'n', size: 'huge' }, 'x.ts: size: "huge" is not allowed | Allowed: small, large.'],
    [
      { name: 'n', parts: [{ at: '1s', count: 1, cont: 2 }] },
      'x.ts: parts[0].cont: unknown key | Did you mean "count"?',
    ],
    [
      { name: 'n', parts: [{ at: 'soon', count: 1 }] },
      'x.ts: parts[0].at: "soon" is not a duration | Write a number and a unit: 250ms, 20s, 2m, 1h, 28d.',
    ],
    [{ name: 'n', parts: [{ count: 1 }] }, 'x.ts: parts[0].at: is missing | '],
    [{ name: 'n', guard: { kind: 'c' } }, 'x.ts: guard.kind: "c" is not allowed | Allowed: a, b.'],
    [{ name: 'n', guard: { kind: 'a', one: '1' } }, 'x.ts: guard.one: "1" is not a number | '],
  ])('refuses %j in one line', (value, line) => {
    expect(refusal(value)).toBe(line)
  })

  it('gives back what fits', () => {
    const value = { name: 'n', parts: [{ at: '250ms', count: 1 }], guard: { kind: 'b', two: 2 } }
    expect(parseStrict(schema, value, 'x.ts')).toEqual(value)
  })
})

describe('didYouMean', () => {
  it('names the nearest of the known names, or all', () => {
    expect(didYouMean('partion', ['partition', 'latency'])).toBe('Did you mean "partition"?')
    expect(didYouMean('kill', ['partition', 'latency'])).toBe('There are: partition, latency.')
    expect(didYouMean('kill', [])).toBe('There are none.')
  })
})

it('writes paths as people do', () => {
  expect(pathText(['spec', 'objectives', 0, 'target'])).toBe('spec.objectives[0].target')
})

test('the first issue is that of all issues, wherever it is', () => {
  const schema = z.strictObject({
    list: z.array(z.strictObject({ a: z.number(), b: z.string().optional() })).max(2),
    deep: z.strictObject({ c: z.array(z.string()) }).nullable(),
  })
  const good = { list: [{ a: 1 }], deep: null }
  expect(firstIssue(schema, good)).toBeNull()
  for (const bad of [
    {},
    [],
    null,
    { ...good, x: 1 },
    { lits: [], deep: null },
    { ...good, deep: 7 },
    { ...good, deep: { c: [1] } },
    { ...good, list: [{ a: 1 }, { a: 'x', b: 'y' }] },
    { ...good, list: [{ a: 1, x: 2 }] },
    { ...good, list: [{ a: 1 }, { a: 2 }, { a: 3 }] },
  ])
    expect(firstIssue(schema, bad), JSON.stringify(bad)).toEqual(issuesOf(schema, bad)[0])
})
