import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import type { RoundKind } from '../../model/round.ts'
import { gameDayNames } from '../../plan/gameday.ts'
import { systems } from '../../systems/index.ts'
import { projectDir } from '../project.ts'
import { choose } from './choose.ts'

const names = async (kind: RoundKind, only: string[] = []) =>
  (await choose(projectDir, systems, kind, only)).runs.map(({ gameDay, weakness }) =>
    weakness === null ? gameDay : `${gameDay} ${weakness.name}`,
  )

describe('game days', () => {
  it('runs each once, or says why not', async () => {
    const { runs, leftOut } = await choose(projectDir, systems, 'gamedays', [])
    expect([...runs, ...leftOut].map(({ gameDay }) => gameDay).sort()).toEqual(gameDayNames(projectDir).sort())
  })

  it('leaves out, with the reason, what needs a cluster or hours', async () => {
    const { runs, leftOut } = await choose(projectDir, systems, 'gamedays', ['batchsender'])
    expect(leftOut).toContainEqual({ gameDay: 'batchsender/kubernetes', reason: 'is for kubernetes' })
    expect(leftOut).toContainEqual({
      gameDay: 'batchsender/soak',
      reason: 'is the documented load at its documented length: holdfast run batchsender/soak',
    })
    expect(leftOut).toContainEqual({
      gameDay: 'batchsender/demo',
      reason: 'npm run demo runs it; quick and the runbooks have its faults',
    })
    const left = leftOut.map(({ gameDay }) => gameDay)
    expect(runs.filter(({ gameDay }) => left.includes(gameDay))).toEqual([])
  })

  it('leaves a new one out, until its author takes it in', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-round-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    const template = readFileSync(join(projectDir, 'scripts/templates/gameday.ts.txt'), 'utf8')
    mkdirSync(join(dir, 'gamedays/batchsender'), { recursive: true })
    writeFileSync(
      join(dir, 'gamedays/batchsender/new.ts'),
      template.replaceAll('../../', `${projectDir}/`).replaceAll('__SYSTEM__', 'batchsender'),
    )
    expect(await choose(dir, systems, 'gamedays', [])).toEqual({
      runs: [],
      leftOut: [{ gameDay: 'batchsender/new', reason: 'is new' }],
    })
  })

  it('promises to be done in 25 minutes', async () => {
    const { runs } = await choose(projectDir, systems, 'gamedays', [])
    const minutes = runs.reduce((sum, { lengthMs }) => sum + lengthMs, 0) / 60_000
    expect(minutes, runs.map(({ gameDay, lengthMs }) => `${gameDay} ${lengthMs / 1000} s`).join(', ')).toBeLessThan(25)
  })

  it('looks for a capacity within a factor of two only', async () => {
    const { runs } = await choose(projectDir, systems, 'gamedays', ['novacron'])
    const options = Object.fromEntries(runs.map((run) => [run.gameDay, run.options]))
    expect(options).toMatchObject({ 'novacron/capacity': ['--precision', '1'], 'novacron/failover': [] })
  })

  it('can be told which', async () => {
    expect(await names('gamedays', ['todo/peak', 'batchsender/quick'])).toEqual(['batchsender/quick', 'todo/peak'])
    expect((await names('gamedays', ['todo'])).every((name) => name.startsWith('todo/'))).toBe(true)
    await expect(names('gamedays', ['tood'])).rejects.toThrow('--only tood: there is no such system or game day')
  })
})

describe('weaknesses', () => {
  test('each is caught by a game day that is in the round of the healthy ones, too: a control', async () => {
    const healthy = await names('gamedays')
    for (const { name, weaknesses } of Object.values(systems)) {
      for (const [weakness, { gameDay }] of Object.entries(weaknesses)) {
        expect(healthy, `${weakness} of ${name}`).toContain(`${name}/${gameDay}`)
      }
    }
  })

  it('runs each of them once', async () => {
    const all = Object.values(systems).flatMap(({ weaknesses }) => Object.keys(weaknesses))
    expect((await names('weaknesses')).length).toBe(all.length)
    expect(await names('weaknesses', ['todo/peak'])).toEqual(['todo/peak slow-list'])
  })
})
