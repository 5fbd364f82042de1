import { judge } from '../../../verdict/judge.ts'
import { makeRecord } from '../../fixtures/record.ts'
import { assess, type Finding } from './assess.ts'
import { drawFor } from './draw.ts'
import { type MadeKindName, madeKinds } from './kinds/index.ts'
import type { MadePlant } from './plant.ts'

/** Judges a made record by the judge of every run. */
export const judgeMade = async ({ spec, change }: MadePlant) => {
  const record = makeRecord(spec)
  const { events, lines } = change ? await change(record) : { events: record.events, lines: record.lines() }
  return (await judge({ plan: record.plan, events, lines })).verdict
}

/** Plants `index` of a kind twice, with and without its trouble, and says what the judge made of both. */
export const playMade = async (seed: number, kind: MadeKindName, index: number): Promise<Finding[]> => {
  const pair = madeKinds[kind].draw(drawFor(seed, kind, index))
  const findings: Finding[] = []
  for (const side of ['trouble', 'healthy'] as const) {
    const plant = pair[side]
    findings.push(assess({ kind, index, side, words: plant.words }, plant.truth, await judgeMade(plant)))
  }
  return findings
}
