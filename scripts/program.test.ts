import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { ExitCode } from '../model/exit-codes.ts'
import { makeProgram } from './program.ts'

afterEach(() => vi.restoreAllMocks())

/** What a command line does: its words on stdout, its exit code, or what it threw. */
const called = async (...args: string[]) => {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const codes: ExitCode[] = []
  const error: unknown = await makeProgram((code) => codes.push(code))
    .parseAsync(args, { from: 'user' })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    )
  return { text: said.mock.calls.map(([text]) => String(text)).join(''), codes, error }
}

it('help of a command that is not there is one error line', async () => {
  const { text, error } = await called('help', 'nonsense')
  expect(text).toBe('')
  expect(error).toMatchObject({ message: 'there is no command "nonsense"', exitCode: 2 })
  expect((await called('help', 'rum')).error).toMatchObject({ hint: 'Did you mean "run"?' })
})

it('help of a command is its own, and help alone is all', async () => {
  const ofRun = await called('help', 'run')
  expect(ofRun.text).toContain('Usage: holdfast run [options] <game day>')
  expect(ofRun.error).toMatchObject({ exitCode: 0 })
  const all = await called('help')
  expect(all.text).toContain('Exit codes:')
  expect(all.error).toMatchObject({ exitCode: 0 })
})

it('cleanup of no runs says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-program-'))
  try {
    expect(await called('cleanup', '--all', '--out', folder)).toEqual({
      text: 'nothing to clean up\n',
      codes: [0],
      error: null,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('plan writes nothing, so it takes no folder', async () => {
  expect((await called('plan', 'x', '--out', 'y')).error).toMatchObject({ code: 'commander.unknownOption' })
})
