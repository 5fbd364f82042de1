import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import { systems } from '../../systems/index.ts'
import type { ExtensionKind } from '../extensions.ts'
import { projectDir } from '../project.ts'
import { newCommand } from './new.ts'

const made: string[] = []
afterEach(() => {
  expect(made.filter((file) => existsSync(join(projectDir, file)))).toEqual([])
})

it.each([
  [
    'gameday',
    'nosys/x',
    `nosys/x: there is no system "nosys" | There are: ${Object.keys(systems).join(', ')}.`,
    'gamedays/nosys/x.ts',
  ],
  [
    'scenario',
    'batchsendr/x',
    'batchsendr/x: there is no system "batchsendr" | Did you mean "batchsender"?',
    'scenarios/batchsendr/x.ts',
  ],
  [
    'gameday',
    'constructor/x',
    `constructor/x: there is no system "constructor" | There are: ${Object.keys(systems).join(', ')}.`,
    'gamedays/constructor/x.ts',
  ],
  ['gameday', 'x', '"x" is no name for a gameday | For instance: holdfast new gameday batchsender/black-friday', ''],
  ['system', 'batchsender', 'systems/batchsender/index.ts is there already', ''],
] as [ExtensionKind, string, string, string][])(
  '%s %s is refused, and nothing is written',
  async (kind, name, line, file) => {
    if (file !== '') made.push(file)
    const error = await newCommand(kind, name).catch((thrown: unknown) => thrown)
    if (!(error instanceof HoldfastError)) throw error
    expect(`${error.message} | ${error.hint ?? ''}`).toContain(line)
  },
)
