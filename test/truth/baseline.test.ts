import { beforeAll, expect, test } from 'vitest'
import type { Comparison } from '../../model/verdict.ts'
import { readEvents, readWindows } from '../../run/record.ts'
import { compare } from '../../verdict/compare.ts'
import type { MeasuredRun } from '../../verdict/measured-run.ts'
import { measureRun } from '../../verdict/measured-run.ts'
import { readRun } from '../../verdict/read-run.ts'
import { p95Below } from './planted/objectives.ts'
import { runPlanted } from './planted/run.ts'
import { quantile, waitedOf } from './planted/truth.ts'

interface Measured {
  run: MeasuredRun
  /** How long each request really took, in ms: its client told the server. */
  waitsMs: number[]
}

/** A real run against a server with this median. */
const measured = async (name: string, medianMs: number): Promise<Measured> => {
  const { plan, recordDir } = await runPlanted({
    name: `baseline-${name}`,
    scenarios: ['skewed'],
    plants: { '/skewed': { latency: { kind: 'lognormal', medianMs, sigma: 0.3 } } },
    warmUpMs: 2000,
    steadyMs: 15_000,
    objectives: [p95Below('GET /skewed', 1000)],
  })
  const data = await readRun({ plan, events: readEvents(recordDir), lines: readWindows(recordDir) })
  const run = measureRun({ ...data, plan: { ...plan, systemOptions: {} } })
  return { run, waitsMs: [...waitedOf(recordDir, '/skewed').values()] }
}

const runs = new Map<string, Measured>()
const of = (name: string) => {
  const found = runs.get(name)
  if (!found) throw new Error(`there was no run ${name}`)
  return found
}
const compared = (name: string): Comparison =>
  compare(of(name).run, { gates: true, runs: [of('before').run, of('again').run], unreadable: [] })
/** A busy machine makes clients wait longer than the server planted: what they waited is the truth. */
const trueShiftMs = (name: string): number =>
  quantile(of(name).waitsMs, 0.95) - quantile([...of('before').waitsMs, ...of('again').waitsMs], 0.95)

beforeAll(async () => {
  for (const [name, medianMs] of [
    ['before', 80],
    ['again', 80],
    ['noise', 82.4],
    ['shift', 100],
  ] as const) {
    runs.set(name, await measured(name, medianMs))
  }
})

test('a planted shift of 25 % is found, with an interval that holds what clients really waited', () => {
  const { outcome, rows } = compared('shift')
  const shiftMs = trueShiftMs('shift')
  expect({ outcome, change: rows[0]?.change }).toEqual({ outcome: 'fail', change: 'slower' })
  expect(rows[0]?.difference.value ?? 0).toBeCloseTo(shiftMs, -1)
  expect(rows[0]?.interval.low ?? Number.NaN).toBeLessThan(shiftMs + 2)
  expect(rows[0]?.interval.high ?? Number.NaN).toBeGreaterThan(shiftMs - 2)
})

test('planted noise of 3 % is not, unless clients did wait longer', ({ skip }) => {
  const { outcome, rows } = compared('noise')
  const shiftMs = trueShiftMs('noise')
  expect(rows[0]?.difference.value ?? Number.NaN).toBeCloseTo(shiftMs, -1)
  skip(Math.abs(shiftMs) > 8, "the machine's own noise is at the floor of 10 ms, or over it")
  expect(outcome).toBe('pass')
  expect(['unchanged', 'unclear']).toContain(rows[0]?.change)
})
