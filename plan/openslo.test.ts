import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { sloJsonSchema } from './openslo.ts'

it('is published as it is (else run: node docs/schemas/generate.ts)', () => {
  const published = readFileSync(new URL('../docs/schemas/slo.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(published)).toEqual(sloJsonSchema())
})
