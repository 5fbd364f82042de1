import { writeFileSync } from 'node:fs'
import { verdictJsonSchema } from '../../model/verdict-schema.ts'

/** Writes the published schemas anew: `node docs/schemas/generate.ts`, after the shape of a record file changed. */
writeFileSync(new URL('verdict.schema.json', import.meta.url), `${JSON.stringify(verdictJsonSchema(), null, 2)}\n`)
