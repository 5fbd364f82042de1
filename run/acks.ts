import { countRanges, inRanges, mergeRanges, type Ranges } from '../model/ranges.ts'
import type { RecordLine } from '../model/window.ts'
import { parseWriteId, writeId } from '../model/write-id.ts'

/** Ids that are asked for at once. */
const chunkSize = 500

/** Every write that a record says was acknowledged, each once. */
export interface Acknowledged {
  count: number
  /** Whether this is the id of one of them. */
  has: (id: string) => boolean
  /** All their ids, in chunks. */
  chunks: () => Generator<string[]>
}

/** Reads the acknowledgements of a record. A write that was acknowledged twice is one write. */
export const readAcknowledged = async (runId: string, lines: AsyncIterable<RecordLine>): Promise<Acknowledged> => {
  const all = new Map<string, Ranges>()
  for await (const line of lines) {
    if (line.type !== 'acks') continue
    const ranges = all.get(line.scenario)
    if (ranges) ranges.push(...line.ranges)
    else all.set(line.scenario, [...line.ranges])
  }
  const merged = new Map([...all].map(([scenario, ranges]) => [scenario, mergeRanges(ranges)]))
  return {
    count: [...merged.values()].reduce((sum, ranges) => sum + countRanges(ranges), 0),
    has: (id) => {
      const write = parseWriteId(runId, id)
      return write !== null && inRanges(merged.get(write.scenario) ?? [], write.n)
    },
    chunks: () => inChunks(idsOf(runId, merged)),
  }
}

function* idsOf(runId: string, acknowledged: Map<string, Ranges>): Generator<string> {
  for (const [scenario, ranges] of acknowledged)
    for (const [from, to] of ranges) for (let n = from; n <= to; n++) yield writeId(runId, scenario, n)
}

/** Ids in pieces of 500. */
export function* inChunks(ids: Iterable<string>): Generator<string[]> {
  let chunk: string[] = []
  for (const id of ids) {
    chunk.push(id)
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Lost writes in short: ranges of their numbers, per scenario. */
export const rangesOf = (runId: string, ids: Iterable<string>): { scenario: string; ranges: Ranges }[] => {
  const all = new Map<string, Ranges>()
  for (const id of ids) {
    const write = parseWriteId(runId, id)
    if (write === null) continue
    const ranges = all.get(write.scenario) ?? []
    all.set(write.scenario, ranges)
    ranges.push([write.n, write.n])
  }
  return [...all].map(([scenario, ranges]) => ({ scenario, ranges: mergeRanges(ranges) }))
}
