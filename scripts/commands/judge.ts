import { relative, resolve } from 'node:path'
import type { ExitCode } from '../../model/exit-codes.ts'
import { verdictText } from '../../reports/terminal.ts'
import { readPlan } from '../../run/record.ts'
import { judgeRecord } from '../judge-record.ts'
import { recordDirOf } from '../project.ts'
import { useColor } from '../terminal.ts'

/** `holdfast judge <run>`: judges a record again, offline; with `--slo` by another document. */
export const judgeCommand = async (
  run: string,
  options: { slo?: string; out: string; json?: boolean },
): Promise<ExitCode> => {
  const recordDir = recordDirOf(run, options.out)
  const recorded = readPlan(recordDir)
  const plan = options.slo === undefined ? recorded : rejudgedPlan(recorded, options.slo)
  const verdict = await judgeRecord(recordDir, plan)
  if (options.json) process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`)
  else {
    const report = relative(process.cwd(), resolve(recordDir, 'report.html'))
    process.stdout.write(`${verdictText({ plan, verdict }, { color: useColor(process.stdout) })}\n\n${report}\n`)
  }
  return verdict.exitCode
}
