// Every system and every game day in containers.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { resolveTools } from '../../build/toolchain.ts'
import type { RunEvent } from '../../model/event.ts'
import type { GameDay } from '../../model/gameday.ts'
import type { Verdict } from '../../model/verdict.ts'
import { makePlan } from '../../plan/index.ts'
import { systems } from '../../systems/index.ts'
import { endStarted } from '../started.ts'
import { startHoldfast } from './command.ts'
import { noEngine } from './engine.ts'

const projectDir = resolve(import.meta.dirname, '../..')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-systems-'))
})
afterEach(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const gameDays = readdirSync(join(projectDir, 'gamedays')).flatMap((system) =>
  readdirSync(join(projectDir, 'gamedays', system)).map((file) => `${system}/${file.replace(/\.ts$/, '')}`),
)

test.each(gameDays)('%s is planned for containers, unless it is for another environment', async (gameDay) => {
  const written = (await import(join(projectDir, 'gamedays', `${gameDay}.ts`))) as { default: GameDay }
  const planned = makePlan({
    ...{ projectDir, gameDay, environment: 'containers', command: '', runId: 'planned', outDir: folder },
    ...{ tools: resolveTools(projectDir), userEnv: {} },
  })
  const { environments = ['containers'] } = written.default
  if (!environments.includes('containers')) return await expect(planned).rejects.toThrow('not for containers')
  const { plan } = await planned
  const drivers = plan.faults.flatMap(({ injections }) => injections.map(({ driver }) => driver))
  expect(drivers.filter((driver) => !['docker', 'proxy', 'command', 'none'].includes(driver))).toEqual([])
})

/** Runs a game day of some seconds, made of one that there is. */
const runShort = async (gameDay: string, changes: string, args: string[] = []) => {
  mkdirSync(join(folder, 'gamedays'))
  const file = join(folder, 'gamedays/short.ts')
  const imports = [
    `import day from '${projectDir}/gamedays/${gameDay}.ts'`,
    `import { kill } from '${projectDir}/chaos/faults/kill.ts'`,
    `import { recoveryWithin } from '${projectDir}/model/objectives.ts'`,
    'void [kill, recoveryWithin]',
  ]
  writeFileSync(file, `${imports.join('\n')}\nexport default { ...day, warmUp: '1s', ${changes} }\n`)
  const run = startHoldfast(folder, ['run', file, '--env', 'containers', ...args])
  await run.exit
  const [id = ''] = readdirSync(join(folder, 'out'))
  const read = (name: string) => readFileSync(join(folder, 'out', id, name), 'utf8')
  const lines = read('events.ndjson').trim().split('\n')
  return {
    verdict: JSON.parse(read('verdict.json')) as Verdict,
    events: lines.map((line) => JSON.parse(line) as RunEvent),
    k6Log: read('k6.log'),
  }
}

describe.skipIf(noEngine !== undefined)('real containers', () => {
  // BatchSender is in every other test.
  const others = Object.values(systems).filter(({ name, containers }) => containers && name !== 'batchsender')
  test.each(others)('$name takes load, and keeps it', async ({ name }) => {
    const { verdict, events, k6Log } = await runShort(`${name}/smoke`, '')
    expect(verdict.ended).toBe('completed')
    expect(
      events
        .filter(({ type }) => type === 'container.exited')
        .filter((event) => 'expected' in event && !event.expected),
    ).toEqual([])
    // Every address that the scenarios know leads somewhere, however late the answer.
    expect(k6Log).not.toMatch(/lookup|no such host|refused|no route|unreachable/)
    const audit = events.find((event) => event.type === 'audit.done')
    expect(audit).toMatchObject({ lostCount: 0 })
    expect(audit?.acknowledged).toBeGreaterThan(0)
  })

  test('a weakness is in the containers too: one that never restarts stays down', async () => {
    const changes =
      "steady: '10s', faults: [kill({ target: 'api', at: '0s' })], recovery: { for: '8s', stableFor: '2s' }, blastRadius: { api: 1 }, faultsDespiteBreach: true, objectives: [recoveryWithin(4)]"
    const { verdict, events } = await runShort('batchsender/smoke', changes, ['--weakness', 'never-restarts'])
    expect(verdict).toMatchObject({ ended: 'completed', result: 'fail' })
    expect(verdict.faults).toMatchObject([{ confirmedActive: true }])
    const ofApi = events.filter((event) => 'instance' in event && event.instance === 'api').map(({ type }) => type)
    expect(ofApi).toEqual(['container.started', 'container.ready', 'container.exited'])
  })
})
