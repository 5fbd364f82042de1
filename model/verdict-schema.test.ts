import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { passed, verdictFixtures } from '../test/fixtures/verdicts.ts'
import { verdictJsonSchema, verdictSchema } from './verdict-schema.ts'

const { verdict } = passed

it.each<[string, unknown]>([
  ['nothing', null],
  ['an unknown key', { ...verdict, extra: 1 }],
  ['a missing key', { ...verdict, sentence: undefined }],
  ['another schema version', { ...verdict, schemaVersion: verdict.schemaVersion + 1 }],
  ['an unknown result', { ...verdict, result: 'ok' }],
  ['an exit code that no command has', { ...verdict, exitCode: 42 }],
  ['a number that JSON can not hold', { ...verdict, durationMs: Number.POSITIVE_INFINITY }],
  ['a negative count', { ...verdict, load: { ...verdict.load, dropped: -1 } }],
])('refuses %s', (_what, value) => {
  expect(verdictSchema.safeParse(value).success).toBe(false)
})

describe.each(Object.entries(verdictFixtures))('%s', (_name, record) => {
  it('is a valid verdict, also after a trip through JSON', () => {
    expect(verdictSchema.parse(JSON.parse(JSON.stringify(record.verdict)))).toEqual(record.verdict)
  })
})

it('is published as it is (else run: node docs/schemas/generate.ts)', () => {
  const published = readFileSync(new URL('../docs/schemas/verdict.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(published)).toEqual(verdictJsonSchema())
})
