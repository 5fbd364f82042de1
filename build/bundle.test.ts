import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundleScenarios, scenarioNames } from './bundle.ts'
import { goDurationMs } from './inspect.ts'

const realProject = resolve(import.meta.dirname, '..')
let projectDir: string

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'holdfast-bundle-'))
  mkdirSync(join(projectDir, 'scenarios/shop'), { recursive: true })
  mkdirSync(join(projectDir, 'model'))
  cpSync(join(realProject, 'scenarios/lib'), join(projectDir, 'scenarios/lib'), { recursive: true })
  for (const name of ['profile.ts', 'k6-errors.ts'])
    cpSync(join(realProject, 'model', name), join(projectDir, 'model', name))
  writeFileSync(join(projectDir, 'scenarios/shop/buy.ts'), scenario)
})

afterEach(() => rmSync(projectDir, { recursive: true }))

const scenario = `import { defineScenario } from '../lib/define.ts'
const arrivals = { perSecond: 1 }
const profile = { description: '', seconds: 1, arrivals }
export default defineScenario({
  description: 'buys',
  sli: 'POST /orders',
  requests: { 'POST /orders': 1 },
  longestIterationMs: 1000,
  profiles: { smoke: profile, short: profile, full: profile },
  run: () => {},
})
`

const bundle = (scenarios: string[], outFile = join(projectDir, 'out/run/bundle.js')) =>
  bundleScenarios({ projectDir, system: 'shop', scenarios, outFile })

describe('refusals', () => {
  it('an unknown scenario, with those there are', async () => {
    await expect(bundle(['sell'])).rejects.toMatchObject({
      message: 'shop has no scenario "sell"',
      hint: 'There are: buy.',
    })
    await expect(bundle(['byu'])).rejects.toMatchObject({ hint: 'Did you mean "buy"?' })
  })

  it('a system without scenarios', async () => {
    await expect(
      bundleScenarios({ projectDir, system: 'gone', scenarios: ['x'], outFile: join(projectDir, 'b.js') }),
    ).rejects.toMatchObject({ message: 'gone has no scenario "x"', hint: 'There are none.' })
  })

  it('a syntax error, with file, line and column', async () => {
    writeFileSync(join(projectDir, 'scenarios/shop/broken.ts'), `export const a = 1\nexport default {{\n`)
    await expect(bundle(['buy', 'broken'])).rejects.toThrow(
      /^scenarios\/shop\/broken\.ts:2:17: Expected identifier but found "\{"$/,
    )
  })

  it('an import of what k6 has not', async () => {
    writeFileSync(join(projectDir, 'scenarios/shop/node.ts'), `import fs from 'node:fs'\nexport default fs\n`)
    await expect(bundle(['node'])).rejects.toThrow(/^scenarios\/shop\/node\.ts:1:\d+: Could not resolve "node:fs"$/)
  })
})

it('gives the hash of what it wrote, the same for the same sources', async () => {
  const first = await bundle(['buy'])
  const second = await bundle(['buy'], join(projectDir, 'elsewhere/deep/er/bundle.js'))
  expect(first.sha256).toBe(createHash('sha256').update(readFileSync(first.file)).digest('hex'))
  expect(second.sha256).toBe(first.sha256)
  writeFileSync(join(projectDir, 'scenarios/shop/buy.ts'), scenario.replace("'buys'", "'buys more'"))
  expect((await bundle(['buy'])).sha256).not.toBe(first.sha256)
})

it('leaves no TypeScript and no import but those of k6', async () => {
  const { file } = await bundle(['buy'])
  const code = readFileSync(file, 'utf8')
  const imports = [...code.matchAll(/^import .* from "(.*)";$/gm)].map(([, from]) => from)
  expect(new Set(imports)).toEqual(new Set(['k6/execution', 'k6/http', 'k6/metrics']))
  expect(code).not.toMatch(/^interface|: string/m)
})

it('lists scenarios, and none where there is no folder', () => {
  expect(scenarioNames(projectDir, 'shop')).toEqual(['buy'])
  expect(scenarioNames(projectDir, 'gone')).toEqual([])
})

describe('durations as Go prints them', () => {
  it.each([
    ['1h0m0s', 3_600_000],
    ['1m30s', 90_000],
    ['2.5s', 2500],
    ['300ms', 300],
    ['0s', 0],
  ])('%s', (text, ms) => expect(goDurationMs(text)).toBe(ms))

  it.each(['', '5', 's', '5 s', '5sx'])('refuses "%s"', (text) => {
    expect(() => goDurationMs(text)).toThrow(`k6 inspect: "${text}" is not a duration`)
  })
})
