import { appendFileSync } from 'node:fs'
import type { Plan } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import { stepSummary } from '../reports/markdown.ts'
import { readCharts } from './read-verdict.ts'

/** Appends the verdict to GitHub's step summary, where a workflow gives one (`GITHUB_STEP_SUMMARY`). */
export const writeStepSummary = ({
  plan,
  verdict,
  recordDir,
}: {
  plan: Plan
  verdict: Verdict
  recordDir: string
}): void => {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (!file) return
  appendFileSync(file, stepSummary({ plan, verdict, charts: readCharts(recordDir) }))
}
