import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readEvents, readPlan, readWindows } from '../../run/record.ts'
import { leftAfter, liveProcesses, watchdogsOf } from '../integration/processes.ts'
import type { Ending } from './draw.ts'
import { mountDisk } from './full-disk.ts'
import { type CommandRun, startCommand } from './run.ts'

/** What the watchdog has for undoing everything, by the design; a full disk or a busy machine changes nothing of it. */
const promisedMs = 5_000
/** No run of this game day takes so long. */
const longestRunMs = 120_000

export interface Played extends Ending {
  environment: 'local'
  /** False where the run was over, or had no such process yet, when the moment came. */
  reached: boolean
  exit: number | string
  /** What is wrong, a line each; none where all is well. */
  wrong: string[]
}

/** Plays one ending in a folder of its own and looks for what is left. The folder stays where something is wrong. */
export const playEnding = async (root: string, ending: Ending): Promise<Played> => {
  const folder = join(root, String(ending.index))
  const disk = ending.kind === 'full disk' ? mountDisk(folder) : null
  try {
    const run = startCommand(folder)
    const { reached, exit } = await endIt(run, ending, () => disk?.fill())
    const wrong = exit === 'too late' ? [`it had not ended after ${longestRunMs} ms`] : []
    for (const each of await leftAfter(promisedMs, run.left)) wrong.push(`left: ${each}`)
    disk?.makeRoom()
    wrong.push(...(await unreadable(run)))
    return { ...ending, environment: 'local', reached, exit, wrong }
  } finally {
    disk?.unmount()
    if (disk) rmSync(folder, { recursive: true, force: true })
  }
}

const endIt = async (run: CommandRun, { kind, afterMs }: Ending, fill: () => void) => {
  const over = { yes: false }
  const ended = run.exit.then((code) => {
    over.yes = true
    return code
  })
  await Promise.race([sleep(afterMs), ended])
  const reached = !over.yes && hit(run, kind, fill)
  const late = new AbortController()
  const exit = await Promise.race([
    ended,
    sleep(longestRunMs, 'too late' as const, { signal: late.signal }).catch(() => 'too late' as const),
  ])
  late.abort()
  if (exit === 'too late') run.child.kill('SIGKILL')
  return { reached, exit }
}

/** @returns false where there is nothing to hit at this moment */
const hit = (run: CommandRun, kind: Ending['kind'], fill: () => void): boolean => {
  if (kind === 'SIGKILL' || kind === 'SIGINT' || kind === 'SIGTERM') return run.child.kill(kind)
  if (kind === 'full disk') {
    fill()
    return true
  }
  const pids = kind === 'watchdog' ? watchdogsOf(`${run.folder}/`) : programOf(run, kind)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  return pids.length > 0
}

const programOf = ({ child }: CommandRun, kind: 'k6' | 'toxiproxy'): number[] => {
  const name = kind === 'k6' ? 'k6' : 'toxiproxy-server'
  return liveProcesses(
    ({ environ, argv }) =>
      environ.some((each) => each.startsWith('HOLDFAST_RUN=') && each.endsWith(`:${child.pid}`)) &&
      argv.slice(0, 4).some((word) => basename(word) === name),
  ).map((line) => Number(line.split(' ')[0]))
}

/** Exit codes of verdicts and of orders; an uncaught error has 1 too, and says where. */
const isCrash = (status: number | null, text: string): boolean => status === null || /^\s+at .+:\d+:\d+/m.test(text)

/** The record is read whole, and by each command that reads one; a second clean-up has nothing to do. */
const unreadable = async (run: CommandRun): Promise<string[]> => {
  const dir = run.recordDir()
  if (!existsSync(join(dir, 'events.ndjson'))) return []
  const wrong: string[] = []
  try {
    readPlan(dir)
    for await (const event of readEvents(dir))
      if (event.type === 'fault.notRemoved') wrong.push('a fault was not removed')
    if (existsSync(join(dir, 'windows.ndjson'))) for await (const _ of readWindows(dir));
  } catch (error) {
    wrong.push(`unreadable: ${(error as Error).message}`)
  }
  const holdfast = resolve(import.meta.dirname, '../../scripts/holdfast.ts')
  const id = basename(dir)
  for (const args of [['cleanup', id], ['list'], ['judge', id], ['report', id]]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [holdfast, ...args], {
      cwd: run.folder,
      env: run.env,
      encoding: 'utf8',
      timeout: 60_000,
    })
    const text = `${stdout}${stderr}`
    if (isCrash(status, text)) wrong.push(`${args[0]} failed (${status}): ${text.trim().slice(0, 300)}`)
    if (args[0] === 'cleanup' && !(status === 0 && text.includes('nothing left'))) wrong.push(`cleanup: ${text.trim()}`)
  }
  return wrong
}
