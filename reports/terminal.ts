/** What a terminal shows of a plan and of a verdict; kept apart from the files, whose plotting takes long to load. */

export { comparisonText } from './terminal/comparison.ts'
export type { TerminalOptions } from './terminal/layout.ts'
export { planText } from './terminal/plan.ts'
export { verdictText } from './terminal/verdict.ts'
