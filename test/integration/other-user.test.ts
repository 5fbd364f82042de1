// What another user of the machine can do to the PostgreSQL of a stand-in: nothing without the run's password.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onboarding } from '../../systems/onboarding/index.ts'
import { type Parts, startParts } from './parts.ts'
import { liveProcesses } from './processes.ts'

let parts: Parts
let url: URL
/** Open to every user of the machine, as a home folder need not be. */
let open: string
beforeAll(async () => {
  parts = await startParts(onboarding)
  url = new URL(parts.layout.processes.find(({ name }) => name === 'api')?.env.DATABASE_URL ?? '')
  open = mkdtempSync(join(tmpdir(), 'holdfast-other-user-'))
  chmodSync(open, 0o777)
})
afterAll(async () => {
  await parts?.stop()
  rmSync(open, { recursive: true, force: true })
})

const asRole = async (connectionString: string, statements: string[]): Promise<string> => {
  const client = new pg.Client({ connectionString })
  try {
    await client.connect()
    for (const statement of statements) await client.query(statement)
    return 'done'
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.end()
  }
}

const loginAs = (user: string, password: string): string => {
  const other = new URL(url)
  other.username = user
  other.password = password
  return other.href
}

test('the role of the parts works, and is no superuser', async () => {
  expect(await asRole(url.href, ['create table mine (n int)', 'drop table mine'])).toBe('done')
  const file = join(open, 'written')
  const refused = [`copy (select 1) to program 'touch ${file}'`, `copy (select 1) to '${file}'`, 'create role more']
  for (const statement of refused) expect(await asRole(url.href, [statement])).toMatch(/permission denied/)
  expect(existsSync(file)).toBe(false)
})

test.each([
  ['parts', 'wrong', /password authentication failed/],
  ['parts', '', /password/],
  ['postgres', '', /no pg_hba.conf entry/],
  ['postgres', 'postgres', /no pg_hba.conf entry/],
])('no login as %s with the password "%s"', async (user, password, reason) => {
  expect(await asRole(loginAs(user, password), ['select 1'])).toMatch(reason)
})

test('the password is in no command line', () => {
  expect(url.password).toMatch(/^[0-9a-f]{64}$/)
  const commands = parts.layout.processes.flatMap(({ command, prepare }) => [...command, ...prepare.flat()])
  expect(commands.join(' ')).not.toContain(url.password)
  expect(liveProcesses(({ argv }) => argv.join(' ').includes(url.password))).toEqual([])
})

const isRoot = process.getuid?.() === 0

test.skipIf(!isRoot)('another user (needs root, to become one) does not get in and runs no program', () => {
  const node = join(open, 'node')
  copyFileSync(process.execPath, node)
  chmodSync(node, 0o755)
  const file = join(open, 'written-by-program')
  const run = spawnSync(node, ['-e', attempt, url.port, `copy (select 1) to program 'touch ${file}'`], {
    uid: 65534,
    gid: 65534,
    cwd: open,
    env: {},
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatch(/no pg_hba.conf entry for host "127.0.0.1", user "postgres"/)
  expect(existsSync(file)).toBe(false)
})

/** A client of a few lines, since another user may not read our packages: it logs in as the superuser and says what it hears. */
const attempt = `
const socket = require('node:net').createConnection({ host: '127.0.0.1', port: Number(process.argv[1]) })
const start = Buffer.from('user\\0postgres\\0database\\0postgres\\0\\0')
const head = Buffer.alloc(8)
head.writeInt32BE(start.length + 8)
head.writeInt32BE(196608, 4)
socket.write(Buffer.concat([head, start]))
const query = Buffer.from(process.argv[2] + '\\0')
const queryHead = Buffer.alloc(5)
queryHead[0] = 81
queryHead.writeInt32BE(query.length + 4, 1)
let asked = false
socket.on('data', (data) => {
  process.stdout.write(data)
  const ready = data.includes(Buffer.from([90, 0, 0, 0, 5]))
  if (ready && asked) return socket.end()
  if (ready) socket.write(Buffer.concat([queryHead, query]))
  asked ||= ready
})
`
