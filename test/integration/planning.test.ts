import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveTools } from '../../build/toolchain.ts'
import { HoldfastError } from '../../model/errors.ts'
import { notJudgedTexts } from '../../model/not-judged.ts'
import type { System } from '../../model/system.ts'
import { makePlan } from '../../plan/index.ts'
import type { PlanOptions } from '../../plan/options.ts'

/** What is planned of a project of its own, with k6's own word for it: a shop with the scenarios `browse` and `buy`. */
const ours = resolve(import.meta.dirname, '../..')
const tools = resolveTools(ours)
let projectDir: string

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(projectDir, file)), { recursive: true })
  writeFileSync(join(projectDir, file), text)
}

const scenario = (request: string, before = '', more = '') => `${before}
import { defineScenario } from '../lib/define.ts'
const profile = { description: '', seconds: 20, arrivals: { perSecond: 10 } }
export default defineScenario({
  description: '', sli: '${request}', requests: { '${request}': 1 }, longestIterationMs: 1000,
  profiles: { smoke: profile, short: profile, full: profile },
  run: () => {}, ${more}
})
`

const slo = (name: string, requests: string): string => `apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name}, displayName: The ${name} }
spec:
  service: shop
  indicator: { spec: { thresholdMetric: { metricSource: { type: holdfast, spec: { metric: holdfast_request, unit: ms, requests: [${requests}] } } } } }
  budgetingMethod: Occurrences
  objectives: [{ op: lt, value: 300, target: 0.95 }]
---
`

const recovery = `apiVersion: holdfast.dev/v1
kind: ResilienceObjective
metadata: { name: recovery, displayName: The recovery }
spec: { measure: recoveryTime, op: lt, value: 5, unit: s }
---
`

const shop: System = {
  name: 'shop',
  title: 'Shop',
  components: { api: { role: '', replicas: 1, series: ['queue_depth'] } },
  links: [],
  sloFile: 'slos/shop.yaml',
  weaknesses: {},
  secretEnv: [],
  local: () => ({ processes: [], proxies: [], baseUrl: 'http://127.0.0.1:1', scenarioEnv: {} }),
}

const day = {
  ...{ title: 'T', purpose: 'P', system: 'shop', profile: 'smoke' },
  ...{ load: [{ scenario: 'browse' }], warmUp: '1s', steady: '15s', faults: [] as object[] },
}

let days = 0
const plan = async (changes: object = {}, options: Partial<PlanOptions> = {}) => {
  // A module is loaded once: each game day is a file of its own.
  const file = `${++days}.day.ts`
  write(file, `export default ${JSON.stringify({ ...day, ...changes })}\n`)
  const planned = await makePlan(
    {
      ...{ projectDir, gameDay: join(projectDir, file), environment: 'local', command: '', runId: 'r', tools },
      ...{ outDir: join(projectDir, 'out'), userEnv: {}, ...options },
    },
    { shop },
  )
  return planned.plan
}

const refusal = async (changes: object = {}, options: Partial<PlanOptions> = {}): Promise<string> => {
  try {
    await plan(changes, options)
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  return 'accepted'
}

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'holdfast-planning-'))
  cpSync(join(ours, 'scenarios/lib'), join(projectDir, 'scenarios/lib'), { recursive: true })
  cpSync(join(ours, 'model'), join(projectDir, 'model'), { recursive: true })
  write('package.json', '{ "version": "0" }')
  write('scenarios/shop/browse.ts', scenario('GET /'))
  write('scenarios/shop/buy.ts', scenario('POST /orders'))
  write('slos/shop.yaml', slo('pages', '"GET /"'))
})

afterEach(() => rmSync(projectDir, { recursive: true }))

describe('names of objectives', () => {
  it('that no scenario of the system declares are refused', async () => {
    write('slos/shop.yaml', slo('pages', '"GET /"') + slo('orders', '"POST /order"'))
    expect(await refusal()).toBe(
      'slos/shop.yaml: objective "orders": requests: no scenario declares the request "POST /order" | Did you mean "POST /orders"?',
    )
  })

  it('of the game day are refused by its own file', async () => {
    const gauge = { name: 'queue', title: 'Q', measure: 'gauge', aggregate: 'max', op: 'lt', value: 9, unit: 'count' }
    expect(await refusal({ objectives: [{ ...gauge, series: 'queue_deph' }] })).toMatch(
      /day\.ts: objective "queue": series: no component has series "queue_deph" \| Did you mean "queue_depth"\?$/,
    )
    expect(await refusal({ objectives: [{ ...gauge, series: 'queue_depth' }] })).toBe('accepted')
  })

  it('are refused in an environment that could not measure them either', async () => {
    const gauge = { name: 'queue', title: 'Q', measure: 'gauge', aggregate: 'max', op: 'lt', value: 9, unit: 'count' }
    const external = { environment: 'external', baseUrl: 'http://127.0.0.1:1' } as const
    expect(await refusal({ objectives: [{ ...gauge, series: 'queue_deph' }] }, external)).toContain('"queue_deph"')
  })

  it('are known to the record, for a judgement by another document', async () => {
    const { declared } = await plan()
    expect(declared).toEqual({
      scenarios: {
        browse: { requests: ['GET /'], samples: {} },
        buy: { requests: ['POST /orders'], samples: {} },
      },
      unreadable: {},
      series: { api: ['queue_depth'] },
    })
  })

  it('are found beside a script that is no scenario, and beside one that does not load', async () => {
    write('scenarios/shop/plain.ts', `export default function () {}\n`)
    write('scenarios/shop/throws.ts', `throw new Error('not today')\n${scenario('GET /x')}`)
    write('slos/shop.yaml', slo('pages', '"GET /"') + slo('orders', '"POST /orders"'))
    expect((await plan()).declared?.unreadable).toEqual({
      plain: 'scenarios/shop/plain.ts: its default export is not made by defineScenario',
      throws: expect.stringMatching(/^scenarios\/shop\/throws\.ts:1:\d+: Error: not today$/),
    })
  })
})

describe('a required objective that the run cannot judge', () => {
  beforeEach(() => write('slos/shop.yaml', slo('pages', '"GET /"') + slo('orders', '"POST /orders"') + recovery))

  it('is named first, with the reason', async () => {
    expect(notJudgedTexts(await plan())).toEqual([
      'The orders (this load sends no "POST /orders")',
      'The recovery (this game day has no faults)',
    ])
  })

  it.each([
    ['--require-proof', {}, { requireProof: true }],
    ['the profile full', { profile: 'full' }, {}],
  ])('is refused with %s', async (_how, changes, options) => {
    expect(await refusal(changes, options)).toMatch(
      /day\.ts: proof is required, and this run cannot judge: orders \(this load sends no "POST \/orders"\); recovery \(this game day has no faults\) \| Add what they need, or write leavesOut: \['orders', 'recovery'\] in the game day if it is not about them\.$/,
    )
    expect(await refusal({ ...changes, leavesOut: ['orders', 'recovery'] }, options)).toBe('accepted')
    expect(await refusal({ ...changes, leavesOut: ['order', 'recovery'] }, options)).toMatch(
      /leavesOut: there is no objective "order" \| Did you mean "orders"\?$/,
    )
  })

  it('stays named where the game day leaves it out', async () => {
    expect(notJudgedTexts(await plan({ leavesOut: ['orders', 'recovery'] }))).toEqual([
      'The orders; The recovery (the game day leaves it out)',
    ])
  })

  it('gates where the load has what it asks for', async () => {
    const { objectives } = await plan({ load: [{ scenario: 'browse' }, { scenario: 'buy' }] })
    expect(objectives.map(({ id, gate }) => [id, gate])).toEqual([
      ['pages', 'required'],
      ['orders', 'required'],
      ['recovery', 'info'],
    ])
  })
})

describe('a scenario file that k6 would read otherwise is refused:', () => {
  const exported = (text: string) => write('scenarios/shop/browse.ts', scenario('GET /', text))

  it.each([
    ['options', `export const options = { thresholds: { http_req_duration: ['p(95)<1'] } }`],
    ['setup', `export function setup() { throw new Error('fails') }`],
    ['teardown', `export const teardown = () => {}`],
    ['handleSummary', `export function handleSummary() { return {} }`],
  ])('%s', async (name, text) => {
    exported(text)
    expect(await refusal()).toMatch(
      new RegExp(`^scenarios/shop/browse\\.ts: exports ${name}, which Holdfast does not run \\| Take it out: .+\\.$`),
    )
  })

  it('all of them at once', async () => {
    exported(`export const options = {}\nexport function setup() {}`)
    expect(await refusal()).toContain('exports options, setup, which Holdfast does not run')
  })

  it('but not what its own tests or its neighbours import', async () => {
    exported(`export const prices = [1, 2]`)
    expect(await refusal()).toBe('accepted')
  })

  const made = 'Write `export default defineScenario({ ... })`, as docs/adding-a-scenario.md shows.'
  it.each([
    [
      'an ordinary k6 script',
      `import http from 'k6/http'\nexport const options = { vus: 2 }\nexport default function () { http.get(__ENV.SITE) }`,
      `its default export is not made by defineScenario | ${made}`,
    ],
    ['a file without a default export', `export const a = 1`, `has no default export | ${made}`],
    [
      'one without its SLI among its requests',
      scenario('GET /').replace(`sli: 'GET /'`, `sli: 'GET'`),
      'sli: "GET" is none of its requests, so load that is not sent would count against nothing | There are: GET /.',
    ],
    [
      'one without the profile',
      scenario('GET /').replace('smoke: profile, ', ''),
      'has no profile "smoke" | There are: short, full.',
    ],
    [
      'one with a number of requests that is none',
      scenario('GET /').replace(`{ 'GET /': 1 }`, `{ 'GET /': 0 / 0 }`),
      'requests: GET /: NaN is no number per iteration | Write 1, or 0.1 for one in ten.',
    ],
  ])('%s', async (_what, text, line) => {
    write('scenarios/shop/browse.ts', `${text}\n`)
    expect(await refusal()).toBe(`scenarios/shop/browse.ts: ${line}`)
  })

  it('JavaScript', async () => {
    write('scenarios/shop/old.js', `export default function () {}\n`)
    expect(await refusal({ load: [{ scenario: 'old' }] })).toBe(
      'scenarios/shop/old.js: only .ts files are scenarios | Make it scenarios/shop/old.ts, with a default export made by defineScenario.',
    )
  })

  it('open(), whose paths count from the bundle; an import works', async () => {
    write('scenarios/shop/words.json', '["a"]')
    exported(`const words = JSON.parse(open('./words.json'))`)
    expect(await refusal()).toMatch(
      /^scenarios\/shop\/browse\.ts:1:\d+: open\(\) finds no words\.json: .+ \| Import the file instead, .+: import data from '\.\/words\.json'\.$/,
    )
    exported(`import words from './words.json'\nexport const first = words[0]`)
    expect(await refusal()).toBe('accepted')
  })

  it('an exception, with its place', async () => {
    exported(`throw new Error('not today')`)
    expect(await refusal()).toMatch(/^scenarios\/shop\/browse\.ts:1:\d+: Error: not today \| Fix the scenario\.$/)
  })
})
