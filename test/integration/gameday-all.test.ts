import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processesWithEnvironment } from '../../chaos/drivers/proc.ts'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import type { RunEvent } from '../../model/event.ts'
import type { Round } from '../../model/round.ts'
import { takeLock } from '../../run/lock.ts'
import { readEvents } from '../../run/record.ts'
import { endAtLast, endStarted } from '../started.ts'

const projectDir = join(import.meta.dirname, '../..')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-all-'))
})
afterAll(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

/** The command as a terminal starts it: in a process group of its own, which Ctrl-C reaches as a whole. */
const gameDayAll = (out: string, ...args: string[]) => {
  const child = spawn(
    process.execPath,
    [join(projectDir, 'scripts/gameday-all.ts'), '--json', '--out', join(folder, out), ...args],
    {
      cwd: folder,
      env: {
        ...process.env,
        XDG_STATE_HOME: join(folder, 'state'),
        NO_COLOR: '1',
        GITHUB_STEP_SUMMARY: join(folder, out, 'summary.md'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  )
  const killGroup = (signal: NodeJS.Signals) => void process.kill(-(child.pid ?? 0), signal)
  endAtLast(child, killGroup)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const exit = new Promise<number | null>((done) => child.on('close', done))
  return {
    exit,
    said: () => stderr,
    round: () => JSON.parse(stdout) as Round & { page: string },
    ctrlC: () => killGroup('SIGINT'),
  }
}

const recordOf = (out: string, gameDay: string): string | undefined => {
  const dir = join(folder, out)
  const id = existsSync(dir) ? readdirSync(dir).find((name) => name.endsWith(gameDay)) : undefined
  return id === undefined ? undefined : join(dir, id)
}

const eventsOf = async (dir: string): Promise<RunEvent[]> => {
  const events: RunEvent[] = []
  for await (const event of readEvents(dir)) events.push(event)
  return events
}

/** In the middle of a run: its load goes on. */
const loadStarted = async (out: string, gameDay: string): Promise<string> => {
  const look = async () => {
    const dir = recordOf(out, gameDay)
    const isThere = dir !== undefined && existsSync(join(dir, 'events.ndjson'))
    return { ok: isThere && (await eventsOf(dir)).some(({ type }) => type === 'load.started'), text: '' }
  }
  expect((await lookUntil(look, { deadlineMs: 60_000 })).ok).toBe(true)
  return recordOf(out, gameDay) ?? ''
}

test('Ctrl-C in the middle: the run ends in order, no other starts, and the page tells both', async () => {
  const command = gameDayAll('cut', '--only', 'batchsender/smoke,todo/smoke')
  const record = await loadStarted('cut', 'batchsender-smoke')
  command.ctrlC()
  expect(await command.exit, command.said()).toBe(130)
  const round = command.round()
  expect(round).toMatchObject({ ended: 'interrupted', standing: 'unclear', exitCode: 130 })
  expect(round.runs.map(({ gameDay, exitCode }) => [gameDay, exitCode])).toEqual([['batchsender/smoke', 130]])
  expect(round.notRun).toContainEqual({ gameDay: 'todo/smoke', reason: 'was not reached' })
  expect(recordOf('cut', 'todo-smoke')).toBeUndefined()

  const events = await eventsOf(record)
  const started = events.find((event) => event.type === 'run.started')
  if (started?.type !== 'run.started') throw new Error('the run has no beginning')
  expect(processesWithEnvironment('HOLDFAST_RUN', `${started.runId}:${started.pid}`)).toEqual([])
  expect(events.at(-1)).toMatchObject({ type: 'run.ended', reason: 'interrupted' })

  const page = readFileSync(round.page, 'utf8')
  expect(page).toContain(`href="../${started.runId}/report.html"`)
  expect(existsSync(join(record, 'report.html'))).toBe(true)
  expect(readFileSync(join(folder, 'cut', 'summary.md'), 'utf8')).toContain('todo/smoke: was not reached')
})

test('runs that cannot start end no other: each says why, in its own words', async () => {
  const locks = join(folder, 'state/holdfast/locks')
  const held = ['batchsender local', 'todo local'].map((name) =>
    takeLock(locks, name, { runId: 'of-somebody-else', recordDir: folder }),
  )
  try {
    const command = gameDayAll('held', '--only', 'batchsender/smoke', '--only', 'todo/smoke')
    expect(await command.exit, command.said()).toBe(2)
    const { runs, ended, standing, page } = command.round()
    expect({ ended, standing }).toEqual({ ended: 'completed', standing: 'unclear' })
    const inUse = expect.stringContaining('in use by run of-somebody-else')
    expect(runs).toEqual([
      expect.objectContaining({ gameDay: 'batchsender/smoke', exitCode: 2, record: null, explanation: inUse }),
      expect.objectContaining({ gameDay: 'todo/smoke', exitCode: 2, record: null, explanation: inUse }),
    ])
    for (const { log } of runs) expect(readFileSync(join(page, '..', log), 'utf8')).toContain('in use by run')
  } finally {
    for (const lock of held) lock.giveBack()
  }
})

test('a system that is not there is refused before anything starts', async () => {
  const command = gameDayAll('wrong', '--only', 'tood')
  expect([await command.exit, command.said()]).toEqual([
    2,
    '✕ --only tood: there is no such system or game day\n  Did you mean "todo"?\n',
  ])
  expect(existsSync(join(folder, 'wrong'))).toBe(false)
})
