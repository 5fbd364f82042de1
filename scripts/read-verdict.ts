import type { z } from 'zod'
import { chartsSchema } from '../model/charts-schema.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { parseStrict } from '../model/parse.ts'
import type { Charts, Verdict } from '../model/verdict.ts'
import { verdictSchema } from '../model/verdict-schema.ts'
import { isAbsent, readRecordJson } from '../run/record-files.ts'
import { recordFiles } from '../run/record-names.ts'

/** @throws HoldfastError when there is none, or it is of another shape. */
export const readVerdict = (recordDir: string): Verdict => read(recordDir, recordFiles.verdict, verdictSchema)

/** @throws HoldfastError when there are none, or they are of another shape. */
export const readCharts = (recordDir: string): Charts => read(recordDir, recordFiles.charts, chartsSchema)

const read = <T>(recordDir: string, name: string, schema: z.ZodType<T>): T => {
  try {
    return parseStrict(schema, readRecordJson(recordDir, name), name)
  } catch (cause) {
    const what = isAbsent(cause) ? `has no ${name}: it was not judged` : `has no readable ${name}: ${messageOf(cause)}`
    throw new HoldfastError(`${recordDir} ${what}`, { hint: `Run \`holdfast judge ${recordDir}\` first.`, cause })
  }
}

/** What `read` gives; null for what can't be read, where that is no reason to end. */
export const readable = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch (error) {
    if (error instanceof HoldfastError) return null
    throw error
  }
}
