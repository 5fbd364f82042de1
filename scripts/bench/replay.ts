import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { runChild } from '../../bootstrap/child.js'
import { createRecord, recordFiles } from '../../run/record.ts'
import {
  errorObjective,
  latencyObjective,
  type MadeRecord,
  makeRecord,
  resilienceObjective,
} from '../../test/fixtures/record.ts'
import type { BenchPart } from './part.ts'

const hours = 24
const series = 10
const perSecond = 3

/** As `holdfast` and the npm scripts start Node. */
const nodeFlags = ['--max-semi-space-size=4']

/** What the child process prints. */
export interface ReplayResult {
  seconds: number
  peakBytes: number
  result: string
}

/** A record of 24 hours, judged and reported by a process of its own. */
export const replay: BenchPart = {
  summary: 'a record of 24 hours x 10 series, judged and reported',
  measure: async ({ workDir, say }) => {
    const dir = join(workDir, 'day')
    say(`making a record of ${hours} hours`)
    const lines = await writeRecord(dir, dayOfLoad())
    const bytes = statSync(join(dir, recordFiles.windows)).size
    say(`${lines} lines, ${Math.round(bytes / 1e6)} MB; judging it`)
    const child = fileURLToPath(new URL('replay-child.ts', import.meta.url))
    const { code, output } = await runChild(process.execPath, [...nodeFlags, child, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (code !== 0) throw new Error(`judging the record ended with exit code ${code}`)
    const { seconds, peakBytes, result } = JSON.parse(output) as ReplayResult
    say(`result: ${result}`)
    return [
      { name: '24 h record judged and reported', value: seconds, unit: 's', limit: { op: '<=', value: 10 } },
      { name: 'peak memory of that process', value: peakBytes / 1e6, unit: 'MB', limit: { op: '<=', value: 300 } },
      { name: 'lines of the record', value: lines, unit: '' },
      { name: 'size of the record', value: bytes / 1e6, unit: 'MB' },
      { name: 'judging and reporting, per line', value: (seconds * 1e6) / lines, unit: 'µs' },
    ]
  },
}

const dayOfLoad = (): MadeRecord => {
  const names = Array.from({ length: series }, (_, i) => `GET /${i}`)
  const dayS = hours * 3600
  return makeRecord({
    warmUpS: 60,
    steadyS: dayS / 2,
    faultsS: 600,
    recoveryS: dayS / 2 - 660,
    streams: names.map((name, i) => ({
      name,
      scenario: `s${i}`,
      perSecond,
      medianMs: 40,
      sigma: 0.6,
      errorRatio: 0.0005,
    })),
    troubles: [{ kind: 'error', fromS: dayS / 2 + 61, toS: dayS / 2 + 90 }],
    faults: [{ atS: dayS / 2 + 60, holdS: 30 }],
    objectives: [
      ...names.map((name) => latencyObjective({ id: `latency of ${name}`, names: [name] })),
      errorObjective(),
      resilienceObjective('recoveryTime', 60_000),
    ],
    series: [{ component: 'worker-1', values: () => ({ process_resident_bytes: 5e7 }) }],
  })
}

/** Writes the record as a run would; gives the number of its lines. */
const writeRecord = async (dir: string, { plan, events, lines }: MadeRecord): Promise<number> => {
  mkdirSync(dir, { recursive: true })
  createRecord(dir, plan)
  writeFileSync(join(dir, recordFiles.events), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  const count = { lines: 0 }
  const chunks = function* () {
    let chunk = ''
    for (const line of lines()) {
      count.lines++
      chunk += `${JSON.stringify(line)}\n`
      if (chunk.length < 1 << 20) continue
      yield chunk
      chunk = ''
    }
    yield chunk
  }
  await pipeline(Readable.from(chunks()), createWriteStream(join(dir, recordFiles.windows)))
  return count.lines
}
