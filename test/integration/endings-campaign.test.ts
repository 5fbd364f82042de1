// The campaign of endings itself: it repeats and goes on, and it sees what is left.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawEndings, endingKinds } from '../endings/draw.ts'
import { playEnding } from '../endings/play.ts'
import { endAtLast, endStarted } from '../started.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-campaign-'))
})
afterAll(async () => {
  await endStarted()
  rmSync(root, { recursive: true, force: true })
})

test('a longer campaign begins as a shorter one does, and has every kind', () => {
  expect(drawEndings(7, 20).slice(0, 5)).toEqual(drawEndings(7, 5))
  expect(drawEndings(8, 20)).not.toEqual(drawEndings(7, 20))
  expect(new Set(drawEndings(7, 20).map(({ kind }) => kind))).toEqual(new Set(endingKinds))
  expect(new Set(drawEndings(7, 20).map(({ afterMs }) => afterMs)).size).toBe(20)
})

test('what is in the file is not played again', () => {
  const file = join(root, 'played.ndjson')
  const main = resolve(import.meta.dirname, '../endings/start.ts')
  const campaign = () =>
    spawnSync(process.execPath, [main, '--endings', '1', '--seed', '7', '--out', file], { encoding: 'utf8' })
  const first = campaign()
  expect([first.status, first.stdout]).toEqual([0, expect.stringContaining('seed 7: 1 endings, 0 of them from')])
  const second = campaign()
  expect([second.status, second.stdout]).toEqual([0, expect.stringContaining('seed 7: 1 endings, 1 of them from')])
  expect(second.stdout).toContain('| SIGKILL | local | 1 |')
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1)
})

test('a process that is left is seen', async () => {
  const stranger = spawn('sleep', ['300'], { env: { LEFT: `${root}/0/` }, stdio: 'ignore' })
  endAtLast(stranger)
  const { wrong } = await playEnding(root, { index: 0, kind: 'SIGTERM', afterMs: 300 })
  stranger.kill('SIGKILL')
  expect(wrong).toContainEqual(expect.stringMatching(/^left: \d+ S sleep 300/))
})
