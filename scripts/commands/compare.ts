import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import type { Comparison } from '../../model/verdict.ts'
import { comparisonText } from '../../reports/terminal.ts'
import { readPlan } from '../../run/record.ts'
import { compare } from '../../verdict/compare.ts'
import { readBaseline, readMeasured, typedBaselines } from '../baseline.ts'
import { recordDirOf } from '../project.ts'
import { useColor } from '../terminal.ts'

/** `holdfast compare <run> <baseline...>`: the latencies of a run against those of other runs. Changes nothing. */
export const compareCommand = async (
  run: string,
  baselines: string[],
  options: { out: string; json?: boolean },
): Promise<ExitCode> => {
  const recordDir = recordDirOf(run, options.out)
  const runs = typedBaselines(baselines, options.out, recordDir)
  const plan = { ...readPlan(recordDir), baseline: { runs, gates: true } }
  const baseline = await readBaseline(plan, recordDir)
  if (baseline === undefined) throw new Error('a comparison without a baseline')
  // Whoever asks for a comparison is not served by a beginning.
  const comparison = compare(await readMeasured(recordDir, plan), { ...baseline, begins: false })
  process.stdout.write(
    options.json
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : `${comparisonText(comparison, { color: useColor(process.stdout) })}\n`,
  )
  return exitCodeOf(comparison)
}

const exitCodeOf = ({ outcome }: Comparison): ExitCode => {
  if (outcome === 'pass') return exitCodes.pass
  return outcome === 'fail' ? exitCodes.failed : exitCodes.inconclusive
}
