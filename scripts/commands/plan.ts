import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { planText } from '../../reports/terminal.ts'
import { type GameDayOptions, planGameDay } from '../plan-game-day.ts'
import { printWarning, useColor } from '../terminal.ts'

/** `holdfast plan <game day>`: prints the timeline and what the run could prove; changes nothing. */
export const planCommand = async (gameDay: string, options: GameDayOptions): Promise<ExitCode> => {
  const workDir = mkdtempSync(join(tmpdir(), 'holdfast-plan-'))
  try {
    const { plan, warnings } = await planGameDay(gameDay, options, () => workDir)
    for (const warning of warnings) printWarning(warning)
    const text = options.json ? JSON.stringify(plan, null, 2) : planText(plan, { color: useColor(process.stdout) })
    process.stdout.write(`${text}\n`)
    return exitCodes.pass
  } finally {
    rmSync(workDir, { recursive: true, force: true })
  }
}
