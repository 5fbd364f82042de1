import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkImports, readSources } from './imports.ts'

const check = (files: Record<string, string>) => checkImports(new Map(Object.entries(files)))

describe('rooms', () => {
  test('names file, line, room and what is allowed', () => {
    expect(check({ 'verdict/judge.ts': "// first\nimport { readFileSync } from 'node:fs'\n" })).toEqual([
      'verdict/judge.ts:2: room verdict may not import node:fs (allowed: model)',
    ])
  })

  test.each([
    ['a package', 'verdict/a.ts', "import { z } from 'zod'", 'zod'],
    ['another room', 'reports/a.ts', "import { judge } from '../verdict/judge.ts'", 'verdict/judge.ts'],
    ['a type of another room', 'build/a.ts', "import type { A } from '../verdict/a.ts'", 'verdict/a.ts'],
    ['a clause of several lines', 'model/a.ts', "import {\n  a,\n  type B,\n} from '../run/b.ts'", 'run/b.ts'],
    ['a default and names', 'model/a.ts', "import a, { b } from 'pg'", 'pg'],
    ['a side effect', 'model/a.ts', "import '../run/b.ts'", 'run/b.ts'],
    ['a re-export', 'model/a.ts', "export * from '../run/b.ts'", 'run/b.ts'],
    ['a re-exported type', 'model/a.ts', "export type { B } from '../run/b.ts'", 'run/b.ts'],
    ['a dynamic import', 'gamedays/a.ts', "const a = await import('../scenarios/b.ts')", 'scenarios/b.ts'],
    ['the type of a module', 'model/a.ts', "let a: import('../run/b.ts').B", 'run/b.ts'],
    ['after a comment of several lines', 'model/a.ts', "/*\n * a\n */\nimport '../run/b.ts'", 'run/b.ts'],
    [
      'a value where only types may come',
      'scenarios/x/a.ts',
      "import { p } from '../../model/plan.ts'",
      'model/plan.ts',
    ],
    ['a value of a mixed import', 'scenarios/x/a.ts', "import { type P } from '../../model/plan.ts'", 'model/plan.ts'],
    ['a binding called type', 'scenarios/x/a.ts', "import type from '../../model/plan.ts'", 'model/plan.ts'],
    [
      'a name that only begins like an allowed one',
      'build/a.ts',
      "import a from 'esbuild-register'",
      'esbuild-register',
    ],
    ['a file beside the allowed one', 'scenarios/a.ts', "import { e } from '../model/errors.ts'", 'model/errors.ts'],
    ['a test file', 'verdict/a.test.ts', "import { z } from 'zod'", 'zod'],
    ['a file of the project folder', 'run/a.ts', "import config from '../vitest.config.ts'", 'vitest.config.ts'],
  ])('refuses %s', (_name, file, text, target) => {
    const problems = check({ [file]: text })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`may not import ${target} (`)
  })

  test.each([
    ['types from model in a scenario', 'scenarios/x/a.ts', "import type { P } from '../../model/plan.ts'"],
    ['the metric names in a scenario', 'scenarios/lib/a.ts', "import { startedMetric } from '../../model/window.ts'"],
    ['a subpath of a package', 'scenarios/lib/a.ts', "import http from 'k6/http'"],
    ['its own room', 'chaos/drivers/a.ts', "import { b } from './b.ts'"],
    ['the one file that is allowed', 'scenarios/a.ts', "import { w } from '../model/window.ts'"],
    ['test tools and the own tree in a test', 'chaos/faults/a.test.ts', "import '../drivers/a.ts'\nimport 'vitest'"],
    ['anything in scripts', 'scripts/a.ts', "import 'typescript'\nimport '../run/a.ts'"],
    ['an import in a comment', 'model/a.ts', "// import 'pg'\n/** import('pg') */\nexport const a = 1"],
    ['words that look like one', 'model/a.ts', "export const from = 'pg'\nexport interface From {\n  a: 'pg'\n}"],
  ])('allows %s', (_name, file, text) => {
    expect(check({ [file]: text })).toEqual([])
  })

  test('a folder without a room is refused', () => {
    expect(check({ 'helpers/a.ts': '' })).toEqual([
      'helpers/a.ts:1: belongs to no room (add its folder to scripts/check/rooms.ts)',
    ])
  })
})

describe('cycles', () => {
  test('names the way round', () => {
    const files = {
      'model/a.ts': "import { b } from './b.ts'",
      'model/b.ts': "\nimport type { C } from './c.ts'",
      'model/c.ts': "import { a } from './a.ts'",
    }
    expect(check(files)).toEqual(['model/a.ts:1: import cycle: model/a.ts -> model/b.ts -> model/c.ts -> model/a.ts'])
  })

  test('a file that imports itself', () => {
    expect(check({ 'model/a.ts': "\nimport './a.ts'" })).toEqual([
      'model/a.ts:2: import cycle: model/a.ts -> model/a.ts',
    ])
  })

  test('two ways to one file are no cycle', () => {
    const files = {
      'model/a.ts': "import './b.ts'\nimport './c.ts'",
      'model/b.ts': "import './d.ts'",
      'model/c.ts': "import './d.ts'",
      'model/d.ts': '',
    }
    expect(check(files)).toEqual([])
  })
})

test('reads the sources of this project, and nothing that is generated or installed', () => {
  const files = [...readSources(resolve(import.meta.dirname, '../..')).keys()]
  expect(files).toContain('scripts/check/imports.ts')
  expect(files.filter((file) => /(^|\/)(node_modules|\.tools|out)\//.test(file))).toEqual([])
})
