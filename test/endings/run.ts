import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lockHolders } from '../../run/lock.ts'
import { liveProcesses } from '../integration/processes.ts'
import { endAtLast } from '../started.ts'

const projectDir = resolve(import.meta.dirname, '../..')

/** One `holdfast run` of the short game day with every way to undo, with records and locks of its own in `folder`. */
export const startCommand = (folder: string) => {
  // Its name may be the beginning of another one's.
  const inFolder = `${folder}/`
  mkdirSync(folder, { recursive: true })
  const stateHome = join(folder, 'state')
  const locksDir = join(stateHome, 'holdfast/locks')
  const mark = join(folder, 'mark')
  const gameDay = join(projectDir, 'test/fixtures/gamedays/crash.ts')
  const env = { ...process.env, XDG_STATE_HOME: stateHome, HOLDFAST_TEST_MARK: mark }
  const child = spawn(process.execPath, [join(projectDir, 'scripts/holdfast.ts'), 'run', gameDay], {
    cwd: folder,
    env,
    stdio: 'ignore',
  })
  endAtLast(child)
  const exit = new Promise<number | string>((done) => child.on('exit', (code, signal) => done(code ?? signal ?? '')))
  const recordDir = (): string => {
    const out = join(folder, 'out')
    return join(out, existsSync(out) ? (readdirSync(out)[0] ?? 'none') : 'none')
  }
  /** Processes by mark, environment and argument; what faults leave; a lock that keeps the next run out. */
  const left = (): string[] => {
    const dir = recordDir()
    return [
      ...liveProcesses(
        ({ environ, argv }) =>
          environ.some(
            (each) => (each.startsWith('HOLDFAST_RUN=') && each.endsWith(`:${child.pid}`)) || each.includes(inFolder),
          ) || argv.some((each) => each.includes(inFolder)),
      ),
      ...[mark, join(dir, 'work'), join(dir, 'reserve')].filter(existsSync),
      ...lockHolders(locksDir).map(({ runId }) => `lock of ${runId}`),
    ]
  }
  return { child, exit, left, recordDir, locksDir, env, folder }
}

export type CommandRun = ReturnType<typeof startCommand>
