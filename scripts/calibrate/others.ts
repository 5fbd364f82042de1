import { differencesReport } from './differences.ts'
import { edgesReport } from './edges.ts'
import { growthReport } from './growth.ts'
import { lastingReport } from './lasting.ts'

/** What is calibrated beside shares of bad requests, each with its tables of docs/verdict.md. */
export const otherCalibrations = {
  differences: differencesReport,
  edges: edgesReport,
  growth: growthReport,
  lasting: lastingReport,
} as const satisfies Record<string, (records: number, seed: number) => string | Promise<string>>

export type OtherCalibration = keyof typeof otherCalibrations
