import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { commandDriver, runCommand } from './command.ts'
import type { DriverContext } from './driver.ts'
import { processesWithEnvironment } from './proc.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-command-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** Programs are found by a mark: a file that they write may take longer than their time, on a slow disk. */
const marked = () => ({ ...process.env, HOLDFAST_TEST_COMMAND: dir })
const running = () => processesWithEnvironment('HOLDFAST_TEST_COMMAND', dir)

const shell = (script: string, timeoutMs = 5_000) => ({ argv: ['sh', '-c', script], timeoutMs })

describe('a program', () => {
  test('that is missing, is no program, or is not named gives no exit code and says why', async () => {
    expect(await runCommand({ argv: ['/no/such'], timeoutMs: 1_000 })).toEqual({
      exitCode: null,
      text: expect.stringContaining('ENOENT'),
    })
    expect(await runCommand({ argv: [dir], timeoutMs: 1_000 })).toEqual({
      exitCode: null,
      text: expect.stringContaining('EACCES'),
    })
    expect((await runCommand({ argv: [''], timeoutMs: 1_000 })).exitCode).toBeNull()
    expect((await runCommand({ argv: [], timeoutMs: 1_000 })).exitCode).toBeNull()
  })

  test('that takes too long is killed, with the children it waits for', async () => {
    const result = await runCommand(shell('sleep 600 & wait', 300), { env: marked() })
    expect(result).toEqual({ exitCode: null, text: 'took longer than 300 ms' })
    await expect.poll(running).toEqual([])
  })

  test('that takes too long is killed with what it has put into the background', async () => {
    const script = '(sleep 600 &); sleep 600'
    const result = await runCommand(shell(script, 300), { env: marked() })
    expect(result).toEqual({ exitCode: null, text: 'took longer than 300 ms' })
    await expect.poll(running).toEqual([])
  })

  test('that may not be killed, as one of sudo, is waited for no longer, and the reason says so', async () => {
    const refused = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
    })
    const result = await runCommand(shell('exec sleep 600', 300), { env: marked() })
    refused.mockRestore()
    expect(result).toEqual({
      exitCode: null,
      text: 'took longer than 300 ms; not all of it could be killed (kill EPERM); it is still there',
    })
    expect(running()).toHaveLength(1)
    for (const { pid } of running()) process.kill(pid, 'SIGKILL')
  })

  test('that leaves a service running leaves it an output that goes on when nobody reads it', async () => {
    const service = `while sleep 0.05; do echo line || exit 1; echo line >&2 || exit 1; echo >> ${join(dir, 'lived')}; done`
    const result = await runCommand(shell(`(${service}) & echo $! > ${join(dir, 'service')}`), { env: marked() })
    expect(result).toEqual({ exitCode: 0, text: 'exit 0' })
    const lines = () => (existsSync(join(dir, 'lived')) ? readFileSync(join(dir, 'lived'), 'utf8').length : 0)
    const before = lines()
    await expect.poll(lines).toBeGreaterThan(before + 3)
    process.kill(Number(readFileSync(join(dir, 'service'), 'utf8')), 'SIGKILL')
    await expect.poll(running).toEqual([])
  })

  test('that leaves a child with its output open has ended all the same', async () => {
    const pidFile = join(dir, 'pid')
    const result = await runCommand(shell(`sleep 600 & echo $! > ${pidFile}; echo started`))
    expect(result).toEqual({ exitCode: 0, text: 'exit 0 started' })
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  })

  test('that is ended by a signal has no exit code', async () => {
    expect(await runCommand(shell('kill -9 $$'))).toEqual({ exitCode: null, text: 'ended by SIGKILL' })
  })

  test('is ended when the run is stopped, and not started afterwards', async () => {
    const abort = new AbortController()
    const running = runCommand(shell('sleep 600'), { signal: abort.signal })
    abort.abort()
    expect(await running).toEqual({ exitCode: null, text: 'ended, since the run was stopped' })
    expect((await runCommand(shell(`touch ${dir}/x`), { signal: abort.signal })).exitCode).toBeNull()
    expect(existsSync(`${dir}/x`)).toBe(false)
  })

  test('tells its exit code and its last line, however much it says', async () => {
    expect(await runCommand(shell('echo out; echo first >&2; echo last >&2; exit 3'))).toEqual({
      exitCode: 3,
      text: 'exit 3 last',
    })
    const { exitCode, text } = await runCommand(shell('yes word | head -c 5000000; echo; echo end'))
    expect([exitCode, text]).toEqual([0, 'exit 0 end'])
  })

  test('gets no signal of our terminal: it leads a session of its own', async () => {
    const { text } = await runCommand(shell('ps -o sid= -p $$; echo $$'))
    const pid = text.replace('exit 0 ', '')
    expect((await runCommand(shell('echo $(ps -o sid= -p $$)-$$'))).text).toMatch(/exit 0 (\d+)-\1$/)
    expect(pid).toMatch(/^\d+$/)
  })
})

describe('a runbook step', () => {
  const { PATH } = process.env
  const context = (env: Record<string, string> = {}) =>
    ({ commandEnv: { PATH, ...env }, probeEnv: { PATH, HOLDFAST_RUN: 'mark' } }) as unknown as DriverContext
  const step = (steps: Partial<Record<'inject' | 'probe' | 'undo', string>>, env?: Record<string, string>) =>
    commandDriver(
      {
        driver: 'command',
        inject: shell(steps.inject ?? 'true'),
        probe: shell(steps.probe ?? 'true'),
        undo: shell(steps.undo ?? 'true'),
      },
      context(env),
    )

  test('whose inject or undo fails says which, and what it said', async () => {
    const broken = step({ inject: 'echo no such context >&2; exit 4', undo: 'exit 5' })
    await expect(broken.inject()).rejects.toThrow(/^inject command "sh -c .*" failed: exit 4 no such context$/)
    await expect(broken.undo?.()).rejects.toThrow(/^undo command .* failed: exit 5$/)
  })

  test('is active while the probe ends with 0, and gone when it ends with another code', async () => {
    const file = join(dir, 'x')
    const mark = step({ inject: `touch ${file}`, probe: `test -e ${file}`, undo: `rm -f ${file}` })
    await mark.inject()
    expect(await mark.confirmActive()).toMatchObject({ ok: true })
    await mark.undo?.()
    await mark.undo?.()
    expect(await mark.confirmRemoved?.()).toMatchObject({ ok: true })
  })

  test('whose probe cannot be run is neither proven active nor proven gone', async () => {
    const blind = step({ probe: 'kill -9 $$' })
    expect(await blind.confirmActive(AbortSignal.abort())).toMatchObject({ ok: false })
  })

  test('ends its probe when the run is stopped', async () => {
    const asked = join(dir, 'asked')
    const stopping = new AbortController()
    const seen = step({ probe: `touch ${asked}; sleep 600` }).confirmActive(stopping.signal)
    await expect.poll(() => existsSync(asked)).toBe(true)
    stopping.abort()
    expect(await seen).toMatchObject({ ok: false, text: expect.stringContaining('since the run was stopped') })
  })

  test('has the time for its removal that its undo, its probe and the looking may take', () => {
    const lasting = { argv: ['true'], timeoutMs: 300_000 }
    const { removalMs } = commandDriver(
      { driver: 'command', inject: lasting, probe: lasting, undo: lasting },
      context(),
    )
    expect(removalMs).toBeGreaterThanOrEqual(300_000 + 15_000 + 300_000)
  })

  test('without an undo happens once: seen by a probe that is asked from the beginning', async () => {
    const file = join(dir, 'x')
    const once = commandDriver(
      {
        driver: 'command',
        inject: shell(`touch ${file}; sleep 1; rm -f ${file}`),
        probe: shell(`test -e ${file}`),
      },
      context(),
    )
    await once.inject()
    expect(await once.confirmActive()).toMatchObject({ ok: true })
    expect([once.undo, once.confirmRemoved, once.stillActive]).toEqual([undefined, undefined, undefined])
  })

  test.each([
    ['ends with 0 always', () => 'true'],
    ['sees the mark of an earlier run', (mark: string) => `test -e ${mark}`],
    ['cannot be run', () => 'kill -9 $$'],
  ])('without an undo is not begun where its probe %s', async (_what, probe) => {
    const mark = join(dir, 'mark')
    writeFileSync(mark, '')
    const injection = { driver: 'command' as const, inject: shell('true'), probe: shell(probe(mark)) }
    const once = commandDriver(injection, context())
    await expect(once.prepare?.()).rejects.toThrow(/^its probe does not say that it has not happened before/)
  })

  test('without an undo is begun where its probe says that it has not happened', async () => {
    const injection = { driver: 'command' as const, inject: shell('true'), probe: shell('false') }
    const once = commandDriver(injection, context())
    expect(once.prepare).toBeDefined()
    await expect(once.prepare?.()).resolves.toBeUndefined()
  })

  test('without an undo whose inject fails is not asked about for longer', async () => {
    const asked = join(dir, 'asked')
    const once = commandDriver(
      { driver: 'command', inject: shell('exit 3'), probe: shell(`echo >> ${asked}; false`) },
      context(),
    )
    await expect(once.inject()).rejects.toThrow('failed: exit 3')
    expect(await once.confirmActive(AbortSignal.abort())).toMatchObject({ ok: false })
  })

  test('is told of while it goes on, and of its end', async () => {
    const told: string[] = []
    const commandRuns = (name: string, pid: number) => {
      told.push(`${name} ${pid > 0}`)
      return (exitCode: number | null) => void told.push(`${name} ended ${exitCode}`)
    }
    const injection = {
      driver: 'command' as const,
      inject: shell('exit 0'),
      probe: shell('true'),
      undo: shell('exit 4'),
    }
    const fault = commandDriver(injection, { ...context(), commandRuns })
    await fault.inject()
    await fault.confirmActive()
    await expect(fault.undo?.()).rejects.toThrow('exit 4')
    expect(told).toEqual(['inject true', 'inject ended 0', 'undo true', 'undo ended 4'])
  })

  test('says while it is held whether it is active, and nothing where its probe gives no answer', async () => {
    const { signal } = new AbortController()
    expect(await step({ probe: 'exit 0' }).stillActive?.(signal)).toMatchObject({ ok: true })
    expect(await step({ probe: 'exit 22' }).stillActive?.(signal)).toMatchObject({ ok: false })
    expect(await step({ probe: 'kill -9 $$' }).stillActive?.(signal)).toBe(null)
    expect(await step({ probe: 'sleep 600' }).stillActive?.(AbortSignal.abort())).toBe(null)
  })

  test('has the environment of the run', async () => {
    await expect(
      step({ inject: 'test "$HOLDFAST_RUN" = r1' }, { HOLDFAST_RUN: 'r1' }).inject(),
    ).resolves.toBeUndefined()
    await expect(step({ inject: 'test "$HOLDFAST_RUN" = r1' }).inject()).rejects.toThrow('failed')
  })

  test('gives its probe alone the mark of the run', async () => {
    const unmarked = 'test -z "$HOLDFAST_RUN"'
    const fault = step({ inject: unmarked, probe: 'test "$HOLDFAST_RUN" = mark', undo: unmarked })
    await fault.inject()
    expect(await fault.confirmActive()).toMatchObject({ ok: true })
    expect(await fault.stillActive?.(new AbortController().signal)).toMatchObject({ ok: true })
    await fault.undo?.()
  })
})
