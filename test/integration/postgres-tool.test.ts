import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveTools, userPrefix } from '../../build/toolchain.ts'

const run = promisify(execFile)
const tools = resolveTools(resolve(import.meta.dirname, '../..'))
let folder: string
let server: ChildProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'))
  await chmod(folder, 0o700)
})

afterEach(async () => {
  if (server !== undefined && !hasEnded(server)) {
    server.kill('SIGQUIT')
    await once(server, 'exit')
  }
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

test('initdb and postgres run in a private folder, answer, stop and leave nothing', { timeout: 60_000 }, async () => {
  const dataDir = join(folder, 'data')
  await command([...userPrefix(), tools.initdb, '-D', dataDir, '-U', 'holdfast', '-A', 'trust', '--no-sync'])
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)

  const port = await freePort()
  server = start([
    ...userPrefix(),
    tools.postgres,
    '-D',
    dataDir,
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-k',
    folder,
    ...quiet,
  ])
  expect(await sslAnswer(port)).toBe('N')
  const pid = server.pid ?? 0
  expect(await readdir(folder)).toContain(`.s.PGSQL.${port}`)

  server.kill('SIGINT') // fast shutdown: the pid is postgres itself, not a wrapper
  expect(await once(server, 'exit')).toEqual([0, null])
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)
  expect(existsSync(join(folder, `.s.PGSQL.${port}`))).toBe(false)
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('postgres refuses a folder that was never initialised', async () => {
  const failed = command([...userPrefix(), tools.postgres, '-D', join(folder, 'nothing')])
  await expect(failed).rejects.toThrow('could not access directory')
})

/** Only what ends the server is worth reading. */
const quiet = ['-c', 'log_min_messages=fatal']

const command = ([file = '', ...args]: string[]) => run(file, args)

const start = ([file = '', ...args]: string[]): ChildProcess =>
  spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** The first byte after an SSLRequest: `N`, since this server has no certificate. Asks until it listens. */
const sslAnswer = async (port: number): Promise<string> => {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    if (!server || hasEnded(server)) throw new Error(`postgres ended: ${server?.exitCode ?? server?.signalCode}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]))
      const [answer] = await once(socket, 'data')
      return String(answer)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error
      await wait(20)
    } finally {
      socket.destroy()
    }
  }
  throw new Error('postgres did not listen within 30 s')
}

const freePort = async (): Promise<number> => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
