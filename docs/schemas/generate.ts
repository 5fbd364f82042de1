import { writeFileSync } from 'node:fs'
import { verdictJsonSchema } from '../../model/verdict-schema.ts'
import { sloJsonSchema } from '../../plan/openslo.ts'

/** Writes the published schemas anew, after a shape has changed: `node docs/schemas/generate.ts && biome format --write docs`. */
const publish = (name: string, schema: object) =>
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)

publish('verdict.schema.json', verdictJsonSchema())
publish('slo.schema.json', sloJsonSchema())
