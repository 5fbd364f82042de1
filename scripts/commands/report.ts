import { join, relative } from 'node:path'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { readPlan } from '../../run/record.ts'
import { writeReports } from '../judge-record.ts'
import { recordDirOf } from '../project.ts'
import { readCharts, readVerdict } from '../read-verdict.ts'

/** `holdfast report <run>`: writes the reports of a judged record again. */
export const reportCommand = async (run: string, options: { out: string }): Promise<ExitCode> => {
  const recordDir = recordDirOf(run, options.out)
  await writeReports(recordDir, readPlan(recordDir), readVerdict(recordDir), readCharts(recordDir))
  process.stdout.write(`${relative(process.cwd(), join(recordDir, 'report.html'))}\n`)
  return exitCodes.pass
}
