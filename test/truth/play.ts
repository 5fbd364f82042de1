import { fileURLToPath } from 'node:url'
import { resolveTools } from '../../build/toolchain.ts'
import type { Verdict } from '../../model/verdict.ts'
import { makePlan } from '../../plan/index.ts'
import { readEvents, readWindows } from '../../run/record.ts'
import { run } from '../../run/run.ts'
import { StopSwitch } from '../../run/stop.ts'
import { judge } from '../../verdict/judge.ts'
import { freshDir } from './planted/run.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))

/** Plans, runs and judges a game day (name, or path of a file), as the command line does. */
export const play = async (gameDay: string, weaknesses: string[]): Promise<Verdict> => {
  const recordDir = freshDir([gameDay.replaceAll(/[^\w]+/g, '-'), ...weaknesses].join('-'))
  const tools = resolveTools(projectDir)
  const { plan, system, bundleFile } = await makePlan({
    projectDir,
    gameDay,
    environment: 'local',
    weaknesses,
    command: 'npm run truth',
    runId: recordDir.split('/').at(-1) ?? '',
    outDir: recordDir,
    tools,
    userEnv: {},
  })
  const stop = new StopSwitch()
  const local = { projectDir, recordDir, tools, baseUrl: null, userEnv: {}, stop, listener: {} }
  const end = await run({ plan, system, bundleFile, ...local })
  if (end.error) throw end.error
  const { verdict } = await judge({ plan, events: readEvents(recordDir), lines: readWindows(recordDir) })
  return verdict
}

/** What became of one objective. */
export const outcome = (verdict: Verdict, id: string) => {
  const found = verdict.objectives.find((objective) => objective.id === id)
  return found && { id, outcome: found.outcome, gate: found.gate, reason: found.reason }
}

export const failed = (id: string) => ({ id, outcome: 'fail', gate: 'required' })
