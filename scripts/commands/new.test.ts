import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import { systems } from '../../systems/index.ts'
import { type Extension, type ExtensionKind, extensions } from '../extensions.ts'
import { projectDir } from '../project.ts'
import { newCommand } from './new.ts'

/** What must not be made. Where it is all the same it goes first, so that it fails this test and no later one. */
let forbidden: string | null = null
afterEach(() => {
  const file = forbidden
  forbidden = null
  if (file === null || !existsSync(file)) return
  rmSync(file)
  // Its folder, too, where that is new and hence empty.
  if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file))
  expect.fail(`${file} was written`)
})

it.each([
  ['gameday', 'nosys/x', `nosys/x: there is no system "nosys" | There are: ${Object.keys(systems).join(', ')}.`],
  ['scenario', 'batchsendr/x', 'batchsendr/x: there is no system "batchsendr" | Did you mean "batchsender"?'],
  [
    'gameday',
    'constructor/x',
    `constructor/x: there is no system "constructor" | There are: ${Object.keys(systems).join(', ')}.`,
  ],
  ['gameday', 'x', '"x" is no name for a gameday | For instance: holdfast new gameday batchsender/black-friday'],
  ['system', 'batchsender', 'systems/batchsender/index.ts is there already'],
] as [ExtensionKind, string, string][])('%s %s is refused, and nothing is written', async (kind, name, line) => {
  const extension: Extension = extensions[kind]
  const file = join(projectDir, extension.file(name.split('/')))
  forbidden = existsSync(file) ? null : file
  const error = await newCommand(kind, name).catch((thrown: unknown) => thrown)
  if (!(error instanceof HoldfastError)) throw error
  expect(`${error.message} | ${error.hint ?? ''}`).toContain(line)
})
