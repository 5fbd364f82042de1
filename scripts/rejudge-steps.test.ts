import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CapacityStep } from '../model/capacity.ts'
import type { Plan } from '../model/plan.ts'
import { recordFiles } from '../run/record.ts'
import { latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { writeRecord } from '../test/fixtures/write-record.ts'
import { judgeStep } from './judge-record.ts'
import { rejudgedSteps } from './rejudge-steps.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-rejudge-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** A record of a run at 40/s times the factor; its document wants p95 below 500 ms. */
const write = (folder: string, factor: number, medianMs: number, steps?: CapacityStep[]): Plan => {
  const made = makeRecord({
    warmUpS: 1,
    steadyS: 20,
    streams: [{ perSecond: 40 * factor, medianMs, sigma: 0.1 }],
    objectives: [latencyObjective({ belowMs: 500 })],
    countedUs: [100_000, 500_000],
  })
  const plan: Plan = steps === undefined ? made.plan : { ...made.plan, capacity: { factor, upTo: 16, steps } }
  writeRecord(folder, plan, made)
  return plan
}

const stricter = (plan: Plan): Plan => ({ ...plan, objectives: [latencyObjective({ belowMs: 100 })] })

/** 1, 2 and 4 held, 8 broke; the first run to confirm 4 did not hold, so 2 was confirmed. */
const search = async (): Promise<Plan> => {
  const steps: CapacityStep[] = []
  const medians: [factor: number, medianMs: number][] = [
    [1, 20],
    [2, 200],
    [4, 210],
    [8, 2000],
    [4, 2000],
  ]
  for (const [at, [factor, medianMs]] of medians.entries()) {
    const folder = join(dir, 'steps', `0${at + 1}`)
    const plan = write(folder, factor, medianMs, at === 4 ? [...steps] : undefined)
    steps.push({ ...(await judgeStep(folder, plan)).point, factor })
  }
  return write(dir, 2, 200, steps)
}

const statesOf = (plan: Plan | null) => plan?.capacity?.steps.map(({ factor, state }) => [factor, state])

it('a search is judged by one document: its steps as well as the run that confirmed', async () => {
  const plan = await search()
  expect(statesOf(plan)).toEqual([
    [1, 'held'],
    [2, 'held'],
    [4, 'held'],
    [8, 'broke'],
    [4, 'broke'],
  ])
  const rejudged = await rejudgedSteps(stricter(plan), dir, stricter)
  expect(statesOf(rejudged)).toEqual([
    [1, 'held'],
    [2, 'broke'],
    [4, 'broke'],
    [8, 'broke'],
    [4, 'broke'],
  ])
  const { verdict } = await judgeStep(dir, rejudged ?? plan)
  expect(verdict.capacity?.sentence).toMatch(/^Holds 40\/s \[40, 80\], breaks at 80\/s on .*target < 100 ms\.$/)
  const confirming = JSON.parse(readFileSync(join(dir, 'steps', '05', recordFiles.verdict), 'utf8'))
  expect(confirming.capacity.sentence).toBe(verdict.capacity?.sentence)
})

it('nothing is told of the capacity where the records of the steps are gone', async () => {
  const plan = await search()
  rmSync(join(dir, 'steps', '02'), { recursive: true })
  expect(await rejudgedSteps(plan, dir, stricter)).toBeNull()
})
