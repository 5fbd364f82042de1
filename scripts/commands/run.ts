import { mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { ExitCode } from '../../model/exit-codes.ts'
import { verdictText } from '../../reports/terminal.ts'
import { run } from '../../run/run.ts'
import { StopSwitch } from '../../run/stop.ts'
import { judgeRecord } from '../judge-record.ts'
import { type GameDayOptions, planGameDay } from '../plan-game-day.ts'
import { startProgress } from '../progress.ts'
import { projectDir } from '../project.ts'
import { writeStepSummary } from '../step-summary.ts'
import { printError, useColor } from '../terminal.ts'

/** `holdfast run <game day>`: plans, runs, judges, reports. The exit code is the verdict's. */
export const runCommand = async (gameDay: string, options: GameDayOptions): Promise<ExitCode> => {
  const stop = new StopSwitch()
  const progress = startProgress(options.json ? process.stderr : process.stdout)
  const releaseSignals = onSignals((signal) => {
    progress.warn(`${signal}: removing every fault and process; the record stays`)
    stop.stop('interrupted')
  })
  try {
    const outDir = resolve(options.out)
    const { plan, system, bundleFile, tools, warnings } = await planGameDay(gameDay, options, (runId) => {
      const dir = join(outDir, runId)
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      return dir
    })
    const recordDir = join(outDir, plan.runId)
    progress.plan(plan)
    for (const warning of warnings) progress.warn(warning)
    const end = await run({
      plan,
      system,
      bundleFile,
      projectDir,
      recordDir,
      tools,
      baseUrl: options.baseUrl ?? null,
      userEnv: process.env,
      stop,
      listener: progress.listener,
    })
    progress.close()
    const verdict = await judgeRecord(recordDir, plan)
    if (end.error) printError(end.error)
    const report = relative(process.cwd(), join(recordDir, 'report.html'))
    writeStepSummary({ plan, verdict, recordDir })
    if (options.json) process.stdout.write(`${JSON.stringify({ ...verdict, record: recordDir }, null, 2)}\n`)
    else process.stdout.write(`\n${verdictText({ plan, verdict }, { color: useColor(process.stdout) })}\n\n${report}\n`)
    return verdict.exitCode
  } finally {
    progress.close()
    releaseSignals()
  }
}

/** Calls back once for the first of the signals that end a run; later ones change nothing, the undo has its time. */
const onSignals = (callback: (signal: string) => void): (() => void) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let called = false
  const handle = (signal: string) => {
    if (!called) callback(signal)
    called = true
  }
  for (const signal of signals) process.on(signal, handle)
  return () => {
    for (const signal of signals) process.off(signal, handle)
  }
}
