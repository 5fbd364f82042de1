import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StreamLine } from '../model/window.ts'
import { K6 } from './k6.ts'
import { Ledger } from './record.ts'

/** As k6 does: the first SIGTERM lets it write the end of its samples, the second ends it at once. */
const program = (flushMs: number) => `#!${process.execPath}
const { writeSync } = require('node:fs')
process.once('SIGTERM', () => {
  process.once('SIGTERM', () => process.exit(105))
  setTimeout(() => {
    writeSync(3, '{"type":"end"}\\n')
    process.exit(105)
  }, ${flushMs})
})
setInterval(() => {}, 1000)
writeSync(3, '{"type":"began"}\\n')
`

let dir: string
let ledger: Ledger
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-k6-'))
  ledger = new Ledger(dir)
})
afterEach(() => {
  ledger.close()
  rmSync(dir, { recursive: true })
})

/** What such a program has written until it was stopped. */
const stopped = async (flushMs: number, patienceMs?: number): Promise<string[]> => {
  const file = join(dir, 'k6')
  writeFileSync(file, program(flushMs), { mode: 0o700 })
  const types: string[] = []
  let began = () => {}
  const hasBegun = new Promise<void>((resolve) => {
    began = resolve
  })
  const onLine = ({ type }: StreamLine) => {
    types.push(type)
    began()
  }
  const k6 = new K6(
    {
      ...{ k6: file, bundleFile: 'bundle.js', recordDir: dir, runId: 'r1', apiPort: 1, env: {}, cpus: null },
      output: { schemaVersion: 1, thresholdsUs: {}, flushMs: 1000, maxSeries: 1 },
      redact: (line) => line,
      onLine,
      onWarning: (message) => types.push(message),
    },
    ledger,
  )
  await hasBegun
  await k6.stop(patienceMs)
  expect(await k6.ended).toEqual({ code: 105, signal: null })
  return types
}

test('k6 that takes long to write the end of its samples is given the time where there is patience', async () => {
  expect(await stopped(1_500, 30_000)).toEqual(['began', 'end'])
})

test('k6 that would wait for long is told a second time', async () => {
  expect(await stopped(600_000)).toEqual(['began'])
})
