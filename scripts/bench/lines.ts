import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StreamLine } from '../../model/window.ts'
import { LiveWindow } from '../../run/live.ts'
import { createRecord } from '../../run/record.ts'
import { WindowWriter } from '../../run/window-writer.ts'
import { errorObjective, latencyObjective, makeRecord } from '../../test/fixtures/record.ts'
import { foldLines } from '../../verdict/fold.ts'
import type { BenchPart, Figure } from './part.ts'

/** What one line of the sample stream costs where it goes: one series, one second, 100 requests. */
export const lines: BenchPart = {
  summary: 'cost of one line of the sample stream, step by step',
  measure: async ({ workDir }) => {
    const record = makeRecord({
      steadyS: 20_000,
      streams: [{ perSecond: 100, medianMs: 40, sigma: 0.6 }],
      objectives: [latencyObjective(), errorObjective()],
    })
    const texts = [...record.lines()].map((line) => JSON.stringify(line))
    const parsed = () => texts.map((text) => JSON.parse(text) as StreamLine)
    const dir = join(workDir, 'lines')
    mkdirSync(dir)
    createRecord(dir, record.plan)
    const per = async (name: string, work: () => unknown): Promise<Figure> => {
      const startedAt = performance.now()
      await work()
      return { name, value: ((performance.now() - startedAt) * 1000) / texts.length, unit: 'µs' }
    }
    const startMs = record.events.find(({ type }) => type === 'load.started')?.atMs ?? 0
    const live = new LiveWindow()
    const writer = new WindowWriter(dir)
    const [forLive, forWriter, forFold] = [parsed(), parsed(), parsed()]
    return [
      {
        name: 'size of a line',
        value: texts.reduce((sum, text) => sum + text.length, 0) / texts.length,
        unit: 'bytes',
      },
      await per('parse', parsed),
      await per('live line and guards', () => {
        forLive.forEach((line, i) => void live.add(line, startMs + i * 100))
      }),
      await per('write to the record', () => {
        forWriter.forEach((line, i) => {
          writer.add(line)
          if (i % 50 === 0) writer.flush(startMs + i * 500)
        })
        writer.close()
      }),
      await per('fold for the verdict', () => foldLines(record.plan, startMs, forFold)),
    ]
  },
}
