import { lines } from './lines.ts'
import { overhead } from './overhead.ts'
import type { BenchPart } from './part.ts'
import { replay } from './replay.ts'
import { saturation } from './saturation.ts'
import { start } from './start.ts'

/** Every part of `npm run bench`. */
export const benchParts = { saturation, overhead, replay, start, lines } as const satisfies Record<string, BenchPart>
