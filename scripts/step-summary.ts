import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Charts, Verdict } from '../model/verdict.ts'
import { stepSummary } from '../reports/markdown.ts'
import { recordFiles } from '../run/record.ts'

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
  const charts = JSON.parse(readFileSync(join(recordDir, recordFiles.charts), 'utf8')) as Charts
  appendFileSync(file, stepSummary({ plan, verdict, charts }))
}
