import type { AcksLine, RecordLine } from '../model/window.ts'

/** Ids that are asked for at once. */
const chunkSize = 500

/** All acknowledged write ids of a record, in chunks; `<runId>-<scenario>-<n>`. */
export async function* acknowledgedIds(runId: string, lines: AsyncIterable<RecordLine>): AsyncGenerator<string[]> {
  let chunk: string[] = []
  for await (const line of lines) {
    if (line.type !== 'acks') continue
    for (const [from, to] of line.ranges) {
      for (let n = from; n <= to; n++) {
        chunk.push(`${runId}-${line.scenario}-${n}`)
        if (chunk.length === chunkSize) {
          yield chunk
          chunk = []
        }
      }
    }
  }
  if (chunk.length > 0) yield chunk
}

/** When the lost writes were acknowledged, to the width of an acks line (a flush of the stream). */
export const acknowledgementTimes = async (
  runId: string,
  lost: Set<string>,
  lines: AsyncIterable<RecordLine>,
): Promise<{ oldestMs: number | null; newestMs: number | null }> => {
  const times = { oldestMs: null as number | null, newestMs: null as number | null }
  for await (const line of lines) {
    if (line.type !== 'acks' || !holdsLost(line, runId, lost)) continue
    times.oldestMs = Math.min(times.oldestMs ?? Number.POSITIVE_INFINITY, line.fromUs / 1000)
    times.newestMs = Math.max(times.newestMs ?? 0, line.toUs / 1000)
  }
  return times
}

const holdsLost = (line: AcksLine, runId: string, lost: Set<string>): boolean => {
  for (const [from, to] of line.ranges) {
    for (let n = from; n <= to; n++) if (lost.has(`${runId}-${line.scenario}-${n}`)) return true
  }
  return false
}
