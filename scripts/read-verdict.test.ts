import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { createRecord, recordFiles } from '../run/record.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { passed } from '../test/fixtures/verdicts.ts'
import { listCommand } from './commands/list.ts'
import { reportCommand } from './commands/report.ts'
import { readCharts, readVerdict } from './read-verdict.ts'

const { verdict: passVerdict, charts } = passed
let outDir: string
let dir: string
beforeEach(() => {
  outDir = mkdtempSync(join(tmpdir(), 'holdfast-read-'))
  dir = join(outDir, 'run')
  createRecord(dir, demoPlan)
})
afterEach(() => rmSync(outDir, { recursive: true }))

const write = (name: string, value: unknown) => writeFileSync(join(dir, name), JSON.stringify(value))

it('a verdict and charts that were written are read', () => {
  write(recordFiles.verdict, passVerdict)
  write(recordFiles.charts, charts)
  expect(readVerdict(dir)).toEqual(passVerdict)
  expect(readCharts(dir)).toEqual(charts)
})

it('none is told as not judged', () => {
  expect(() => readVerdict(dir)).toThrow(/has no verdict\.json: it was not judged$/)
})

describe.each([null, [], 'x', {}])('%j instead of them', (value) => {
  it('is refused in one line', async () => {
    write(recordFiles.verdict, value)
    expect(() => readVerdict(dir)).toThrow(/has no readable verdict\.json: verdict\.json: /)
    await expect(reportCommand(dir, { out: outDir })).rejects.toThrow(HoldfastError)
    write(recordFiles.verdict, passVerdict)
    write(recordFiles.charts, value)
    await expect(reportCommand(dir, { out: outDir })).rejects.toThrow(/has no readable charts\.json: /)
  })

  it('is listed as not readable', async () => {
    write(recordFiles.verdict, value)
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    await listCommand('runs', { out: outDir, json: true })
    const [text] = said.mock.lastCall ?? []
    said.mockRestore()
    expect(JSON.parse(String(text))).toMatchObject([{ run: 'run', verdict: 'not readable' }])
  })
})
