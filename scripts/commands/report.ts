import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import type { Charts, Verdict } from '../../model/verdict.ts'
import { readPlan, recordFiles } from '../../run/record.ts'
import { writeReports } from '../judge-record.ts'
import { recordDirOf } from '../project.ts'

/** `holdfast report <run>`: writes the reports of a judged record again. */
export const reportCommand = async (run: string, options: { out: string }): Promise<ExitCode> => {
  const recordDir = recordDirOf(run, options.out)
  const verdict = read<Verdict>(recordDir, recordFiles.verdict)
  writeReports(recordDir, readPlan(recordDir), verdict, read<Charts>(recordDir, recordFiles.charts))
  process.stdout.write(`${relative(process.cwd(), join(recordDir, 'report.html'))}\n`)
  return exitCodes.pass
}

const read = <T>(dir: string, file: string): T => {
  try {
    return JSON.parse(readFileSync(join(dir, file), 'utf8')) as T
  } catch (cause) {
    throw new HoldfastError(`${dir} has no readable ${file}: it was not judged`, {
      hint: `Run \`holdfast judge ${dir}\` first.`,
      cause,
    })
  }
}
