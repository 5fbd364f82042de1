import type { Plan } from '../model/plan.ts'
import type { Charts, Verdict } from '../model/verdict.ts'

/** A judged run: all that a report may look at. */
export interface JudgedRecord {
  plan: Plan
  verdict: Verdict
  charts: Charts
}

/** One report format: a pure function of a finished record to the file's whole text. */
export type Reporter = (record: JudgedRecord) => string
