import { createHmac, randomBytes } from 'node:crypto'

/** New with each process of Holdfast, so that no run's secret can be known beforehand. */
const secretOfProcess = randomBytes(32)

/** A secret of the run; the same for the same run, so that asking twice for a layout gives one answer. */
export const runSecret = (runId: string): string => createHmac('sha256', secretOfProcess).update(runId).digest('hex')
