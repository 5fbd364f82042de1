import type { RecordLine, StreamTotals } from '../model/window.ts'

/** What the lines of a record add up to, and what its own last lines say about that. */
export interface LineSums {
  seen: StreamTotals
  /** As k6's output counted; null in older records. */
  announced: StreamTotals | null
  /** The record's `hello` promises totals, and so a closing line. */
  promised: boolean
  /** How often the lines came that are there once. */
  once: Record<'hello' | 'end' | 'closed' | 'overflow', number>
}

const nothing: StreamTotals = {
  ...{ samples: 0, bad: 0, started: 0, completed: 0, dropped: 0, failed: 0, failedAfterGood: 0 },
  ...{ durationUs: 0, longestUs: 0, acks: 0, errors: 0 },
}

export const newSums = (): LineSums => ({
  seen: { ...nothing },
  announced: null,
  promised: false,
  once: { hello: 0, end: 0, closed: 0, overflow: 0 },
})

/** Adds one valid line. */
export const addToSums = (sums: LineSums, line: RecordLine): void => {
  const { seen } = sums
  if (line.type === 'window' && line.kind !== 'gauge') {
    seen.samples += line.n
    if (!line.ok) seen.bad += line.n
  } else if (line.type === 'load') {
    for (const field of ['started', 'completed', 'dropped', 'failed', 'failedAfterGood', 'durationUs'] as const)
      seen[field] += line[field] ?? 0
    seen.longestUs = Math.max(seen.longestUs, line.longestUs ?? 0)
  } else if (line.type === 'acks') {
    for (const [from, to] of line.ranges) seen.acks += to - from + 1
  } else if (line.type === 'error') seen.errors += line.n
  if (line.type in sums.once) sums.once[line.type as keyof LineSums['once']]++
  if (line.type === 'hello' && line.hasTotals) sums.promised = true
  if (line.type === 'end') sums.announced = line.totals ?? null
}

const words: Record<keyof StreamTotals, string> = {
  samples: 'samples',
  bad: 'samples that were not ok',
  started: 'started iterations',
  completed: 'completed iterations',
  dropped: 'dropped iterations',
  failed: 'failed iterations',
  failedAfterGood: 'iterations that failed after a good request',
  durationUs: 'microseconds of iterations',
  longestUs: 'microseconds of the longest iteration',
  acks: 'acknowledged writes',
  errors: 'errors',
}

/** Where the lines do not add up to what the record itself says they do. */
export const sumsDisagree = ({ seen, announced, promised, once }: LineSums): string[] => {
  const reasons = Object.entries(once).flatMap(([type, n]) =>
    n > 1 ? [`the record has ${n} lines of type ${type}, expected 1`] : [],
  )
  if (promised && once.end === 1 && announced === null) reasons.push('the totals of the sample stream are missing')
  if (promised && once.end === 1 && once.closed === 0) reasons.push('the closing line of the samples is missing')
  if (announced === null) return reasons
  for (const field of Object.keys(words) as (keyof StreamTotals)[]) {
    const [has, should] = [seen[field], announced[field]]
    if (has !== should) reasons.push(`the record has ${has} ${words[field]}, where k6 counted ${should}`)
  }
  return reasons
}
