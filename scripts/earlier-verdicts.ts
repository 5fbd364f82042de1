import { basename, dirname, join } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import { readPlan } from '../run/record.ts'
import { placeOf } from '../verdict/comparable.ts'
import { runIds } from './project.ts'
import { readable, readVerdict } from './read-verdict.ts'

/**
 * Verdicts of the runs before this one in the same folder, newest first: same game day, profile,
 * environment, place and weaknesses, and ended as planned. One that can't be read is left out: it is no
 * part of this verdict.
 */
export const earlierVerdicts = (
  recordDir: string,
  plan: Plan,
  most = 8,
  counts: (verdict: Verdict) => boolean = () => true,
): Verdict[] => {
  const outDir = dirname(recordDir)
  const found: Verdict[] = []
  const before = runIds(outDir).filter((id) => id < basename(recordDir))
  for (const id of before.reverse()) {
    if (found.length === most) break
    const earlierPlan = readable(() => readPlan(join(outDir, id)))
    if (earlierPlan === null || !isAlike(earlierPlan, plan)) continue
    const verdict = readable(() => readVerdict(join(outDir, id)))
    if (verdict?.ended === 'completed' && counts(verdict)) found.push(verdict)
  }
  return found
}

const isAlike = (a: Plan, b: Plan): boolean =>
  a.gameDay === b.gameDay &&
  a.profile === b.profile &&
  a.environment === b.environment &&
  placeOf(a) === placeOf(b) &&
  [...a.weaknesses].sort().join() === [...b.weaknesses].sort().join()
