import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { recordFiles } from '../run/record.ts'
import { latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { writeRecord } from '../test/fixtures/write-record.ts'
import { checkBaseline, readBaseline, typedBaselines } from './baseline.ts'
import { compareCommand } from './commands/compare.ts'
import { judgeRecord } from './judge-record.ts'

let out = ''
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'holdfast-baseline-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(out, { recursive: true, force: true })
})

/** A record on disk; `a` is older than `b`. */
const write = (runId: string, medianMs = 100, more: Partial<Plan> = {}): Plan => {
  const made = makeRecord({
    seed: runId.charCodeAt(0),
    warmUpS: 1,
    steadyS: 30,
    streams: [{ perSecond: 40, medianMs, sigma: 0.2 }],
    objectives: [latencyObjective()],
  })
  const plan = { ...made.plan, runId, ...more }
  writeRecord(join(out, runId), plan, made)
  return plan
}
const baseline = (runs: string[], gates = true): Pick<Plan, 'baseline'> => ({ baseline: { runs, gates } })

describe('before a run', () => {
  it('a baseline that was typed has to be there; latest is the newest, previous may find none', () => {
    write('a')
    expect(typedBaselines(['latest', 'a', 'previous', join(out, 'a')], out)).toEqual(['a', 'a', 'previous', 'a'])
    expect(() => typedBaselines(['gone'], out)).toThrow('no run "gone"')
  })

  it('a baseline is refused where it gates and none of the runs it names can decide, else it is a warning', () => {
    write('a', 100, { bundle: { sha256: 'other' } })
    const plan = write('b')
    const check = (runs: string[], gates: boolean) =>
      checkBaseline({ ...plan, ...baseline(runs, gates) }, join(out, 'b'))
    expect(() => check(['a'], true)).toThrow('baseline a: its scenarios are not the same (bundle hash)')
    expect(() => check(['gone'], true)).toThrow('baseline gone: there is no such record')
    write('aa')
    expect(check(['a', 'aa'], true)).toEqual(['baseline a: its scenarios are not the same (bundle hash)'])
    expect(check(['previous'], true)).toEqual(['baseline previous: no earlier run of this game day has passed'])
    expect(check(['gone'], false)).toEqual(['baseline gone: there is no such record'])
    expect(checkBaseline(plan, join(out, 'b'))).toEqual([])
  })
})

it('previous are the newest earlier runs of the same game day that passed', async () => {
  await judgeRecord(join(out, 'a'), write('a'))
  await judgeRecord(join(out, 'b'), write('b', 900))
  await judgeRecord(join(out, 'c'), write('c', 100, { gameDay: 'made/other' }))
  const plan = write('d', 100, baseline(['previous']))
  const found = await readBaseline(plan, join(out, 'd'))
  expect(found?.runs.map(({ runId }) => runId)).toEqual(['a'])
})

it('previous are of the same deployment: another address, or one that is not known, is another', async () => {
  const at = (baseUrl?: string): Partial<Plan> => ({ environment: 'external', ...(baseUrl ? { baseUrl } : {}) })
  await judgeRecord(join(out, 'a'), write('a', 100, at('https://staging/')))
  await judgeRecord(join(out, 'b'), write('b', 100, at('https://other/')))
  await judgeRecord(join(out, 'c'), write('c', 100, at()))
  const plan = write('d', 100, { ...baseline(['previous']), ...at('https://staging/') })
  const verdict = await judgeRecord(join(out, 'd'), plan)
  expect(verdict.baseline?.runs).toEqual(['a'])
  expect(verdict.history.map(({ runId }) => runId)).toHaveLength(1)
})

describe('previous that gates', () => {
  const gating = baseline(['previous'])
  const judged = (runId: string, medianMs = 100, more: Partial<Plan> = {}) =>
    judgeRecord(join(out, runId), write(runId, medianMs, { ...gating, ...more }))
  const begins = 'The baseline decides nothing yet: it begins with this run, if that passes.'

  it('begins with the first run, which gates those after it', async () => {
    const first = await judged('a')
    expect(first).toMatchObject({ result: 'pass', exitCode: 0, baseline: { gates: false, outcome: 'no-data' } })
    const words = `Not comparable with previous: no earlier run of this game day has passed. ${begins}`
    expect(first.detail).toContain(words)
    for (const report of ['report.html', 'report.md', 'junit.xml'])
      expect(readFileSync(join(out, 'a', report), 'utf8')).toContain(words)
    expect(await judged('b', 150)).toMatchObject({ result: 'fail', baseline: { gates: true, runs: ['a'] } })
  })

  it('begins again after a change of the scenarios, and names what differs', async () => {
    await judged('a', 100, { bundle: { sha256: 'other' } })
    const plan = write('b', 100, gating)
    expect(checkBaseline(plan, join(out, 'b'))).toEqual(['baseline a: its scenarios are not the same (bundle hash)'])
    const { result, baseline } = await judgeRecord(join(out, 'b'), plan)
    expect(result).toBe('pass')
    expect(baseline?.sentence).toBe(`Not comparable with a: its scenarios are not the same (bundle hash). ${begins}`)
  })

  it('does not begin again where the one to compare with is broken, or many have failed since', async () => {
    await judged('a')
    const verdict = JSON.parse(readFileSync(join(out, 'a', recordFiles.verdict), 'utf8')) as object
    for (let i = 0; i < 11; i++) {
      const runId = `b${i}`
      const plan = write(runId, 150, gating)
      const failed = { ...verdict, runId: plan.runId, result: 'fail', exitCode: 1 }
      writeFileSync(join(out, runId, recordFiles.verdict), JSON.stringify(failed))
    }
    expect(await judged('c', 150)).toMatchObject({ result: 'fail', baseline: { gates: true, runs: ['a'] } })
    writeFileSync(join(out, 'a', recordFiles.windows), 'garbage\n{}\n')
    expect(await judged('d')).toMatchObject({
      result: 'inconclusive',
      baseline: { gates: true, notComparable: [{ run: 'a' }] },
    })
  })
})

it('a record that cannot be read is named and ends nothing', async () => {
  write('a')
  writeFileSync(join(out, 'a', recordFiles.windows), 'garbage\n{}\n')
  const verdict = await judgeRecord(join(out, 'b'), write('b', 100, baseline(['a', 'gone'])))
  expect(verdict).toMatchObject({ result: 'inconclusive', baseline: { outcome: 'no-data' } })
  expect(verdict.baseline?.notComparable).toEqual([
    { run: 'a', reason: expect.stringContaining('not a line of JSON') },
    { run: 'gone', reason: 'there is no such record' },
  ])
})

describe('holdfast compare', () => {
  const compared = async (run: string, runs: string[]) => {
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const code = await compareCommand(run, runs, { out, json: true })
    return { code, comparison: JSON.parse(String(said.mock.calls.at(-1)?.[0])) }
  }

  it('exits with 1 for a slower run, 0 for one that is not, 3 where it cannot tell', async () => {
    write('a')
    write('b', 150)
    write('c', 100, { profile: 'full' })
    expect(await compared('b', ['a'])).toMatchObject({ code: 1, comparison: { outcome: 'fail', runs: ['a'] } })
    expect(await compared('a', ['b'])).toMatchObject({ code: 0, comparison: { outcome: 'pass' } })
    expect(await compared('a', ['c'])).toMatchObject({ code: 3, comparison: { outcome: 'no-data', runs: [] } })
  })

  it('takes the path of a record, and latest, as well as an id', async () => {
    write('a')
    write('b')
    expect((await compared('b', [join(out, 'a')])).comparison.runs).toEqual(['a'])
    expect((await compared('a', ['latest'])).comparison.runs).toEqual(['b'])
  })

  it('finds a baseline of --out for a record that is elsewhere, and one beside it', async () => {
    write('a')
    write('b')
    write('c')
    const elsewhere = join(out, 'artifacts', 'c')
    mkdirSync(join(out, 'artifacts'))
    renameSync(join(out, 'c'), elsewhere)
    expect((await compared(elsewhere, ['latest'])).comparison).toMatchObject({ runs: ['b'], notComparable: [] })
    expect((await compared('a', [elsewhere])).comparison).toMatchObject({ runs: ['c'], notComparable: [] })
  })

  it('refuses a baseline that is not there, and the run itself', async () => {
    write('a')
    await expect(compared('a', ['gone'])).rejects.toThrow('no run "gone"')
    await expect(compared('latest', ['latest'])).rejects.toThrow('a would be compared with itself')
    const { code, comparison } = await compared('a', ['previous'])
    expect(code).toBe(3)
    expect(comparison.sentence).toBe('Not comparable with previous: no earlier run of this game day has passed.')
  })
})
