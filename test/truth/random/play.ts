import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HoldfastError } from '../../../model/errors.ts'
import type { Verdict } from '../../../model/verdict.ts'
import { readEvents, readPlan, readWindows } from '../../../run/record.ts'
import { judge } from '../../../verdict/judge.ts'
import { makeRecord } from '../../fixtures/record.ts'
import { writeRecord } from '../../fixtures/write-record.ts'
import { assess, type Finding, refused } from './assess.ts'
import { drawFor } from './draw.ts'
import { type MadeKindName, madeKinds } from './kinds/index.ts'
import type { Changed, MadePlant } from './plant.ts'

/** Judges a made record by the judge of every run. */
export const judgeMade = async ({ spec, change }: MadePlant): Promise<Verdict> => {
  const record = makeRecord(spec)
  if (!change) return (await judge({ ...record, lines: record.lines() })).verdict
  // A change may be to the plan, whose objectives the plant without its trouble has, too.
  const own = { ...record, plan: structuredClone(record.plan) }
  return judgeFiles(own.plan, await change(own))
}

/** By way of a folder, as `holdfast judge` reads it: what was changed may be refused there. */
const judgeFiles = async (plan: ReturnType<typeof makeRecord>['plan'], { events, lines }: Changed) => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-plant-'))
  try {
    writeRecord(dir, plan, {
      events,
      lines: function* () {
        yield* lines
      },
    })
    return (await judge({ plan: readPlan(dir), events: readEvents(dir), lines: readWindows(dir) })).verdict
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Plants `index` of a kind twice, with and without its trouble, and says what the judge made of both. */
export const playMade = async (seed: number, kind: MadeKindName, index: number): Promise<Finding[]> => {
  const pair = madeKinds[kind].draw(drawFor(seed, kind, index))
  const findings: Finding[] = []
  for (const side of ['trouble', 'healthy'] as const) {
    const plant = pair[side]
    const it = { kind, index, side, words: plant.words }
    try {
      findings.push(assess(it, plant.truth, await judgeMade(plant)))
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      findings.push(refused(it, error, plant.truth.never.includes('pass')))
    }
  }
  return findings
}
