import type { CapacityStep } from '../model/capacity.ts'
import type { Plan } from '../model/plan.ts'
import type { Charts, Verdict } from '../model/verdict.ts'
import { mostSecondsIn, readEvents, readWindows, recordFiles } from '../run/record.ts'
import { writeRecordFile } from '../run/record-files.ts'
import { judge } from '../verdict/judge.ts'
import { readBaseline } from './baseline.ts'
import { earlierVerdicts } from './earlier-verdicts.ts'

/** Judges a record and writes `verdict.json`, `charts.json` and every report into its folder. */
export const judgeRecord = async (recordDir: string, plan: Plan): Promise<Verdict> => {
  const { verdict, charts } = await judgeFiles(recordDir, plan)
  await writeReports(recordDir, plan, verdict, charts)
  return verdict
}

/** One rate of a capacity search: judged as any run, without reports, which `holdfast report` can still write. */
export const judgeStep = async (recordDir: string, plan: Plan): Promise<{ verdict: Verdict; point: CapacityStep }> =>
  judgeFiles(recordDir, plan)

const judgeFiles = async (recordDir: string, plan: Plan) => {
  const earlier = earlierVerdicts(recordDir, plan)
  const baseline = await readBaseline(plan, recordDir)
  const { verdict, charts, point } = await judge({
    plan,
    events: readEvents(recordDir),
    lines: readWindows(recordDir),
    mostSeconds: mostSecondsIn(recordDir),
    earlier,
    ...(baseline ? { baseline } : {}),
  })
  writeRecordFile(recordDir, recordFiles.verdict, `${JSON.stringify(verdict, null, 2)}\n`)
  writeRecordFile(recordDir, recordFiles.charts, `${JSON.stringify(charts)}\n`)
  return { verdict, charts, point }
}

/** Writes every report of a judged record. The renderers are loaded now: they cost most of a second. */
export const writeReports = async (recordDir: string, plan: Plan, verdict: Verdict, charts: Charts): Promise<void> => {
  const { reporters } = await import('../reports/index.ts')
  for (const { file, render } of Object.values(reporters))
    writeRecordFile(recordDir, file, render({ plan, verdict, charts }))
}
