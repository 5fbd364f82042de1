import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { makePlan } from './index.ts'
import type { PlanOptions } from './options.ts'

/** Everything here is refused before k6 is asked; plans that succeed are in test/integration. */
const projectDir = resolve(import.meta.dirname, '..')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-plan-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const good = {
  title: 'T',
  purpose: 'P',
  system: 'batchsender',
  load: [{ scenario: 'smoke' }],
  warmUp: '1s',
  steady: '10s',
  faults: [] as object[],
}

const refusal = async (changes: object, options: Partial<PlanOptions> = {}): Promise<string> => {
  const file = join(folder, 'day.ts')
  writeFileSync(file, `export default ${JSON.stringify({ ...good, ...changes })}\n`)
  try {
    await makePlan({
      projectDir,
      gameDay: file,
      environment: 'local',
      command: 'test',
      runId: 'r',
      outDir: folder,
      tools: { k6: '/nowhere/k6' },
      userEnv: {},
      ...options,
    })
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message.replaceAll(`${folder}/`, '')} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

describe('how near a search comes', () => {
  const search = { capacity: { upTo: 4 } }
  it.each([
    [{}, 0.5, 'day.ts: does not look for its capacity, so there is nothing for --precision | Leave --precision out.'],
    [search, Number.NaN, '--precision is not a number of at least 0.01 | For instance 0.1, which is 10 %.'],
    [search, 0, '--precision is not a number of at least 0.01 | For instance 0.1, which is 10 %.'],
  ])('%j with %d', async (changes, precisionRatio, line) => {
    expect(await refusal(changes, { precisionRatio })).toBe(line)
  })
})

describe('game days', () => {
  const objective = { name: 'o', title: 't', measure: 'rto', op: 'lt', value: 1, unit: 's' }
  it.each([
    [
      'an unknown system',
      { system: 'batchsendr' },
      'day.ts: system: there is no system "batchsendr" | Did you mean "batchsender"?',
    ],
    [
      'an unknown scenario',
      { load: [{ scenario: 'smok' }] },
      'day.ts: load[0].scenario: batchsender has no scenario "smok" | Did you mean "smoke"?',
    ],
    [
      'a scenario twice',
      { load: [{ scenario: 'smoke' }, { scenario: 'smoke', profile: 'short' }] },
      'day.ts: load[1]: "smoke" is there twice | Use rateFactor for more of it.',
    ],
    [
      'an unknown weakness',
      { weaknesses: ['leek'] },
      'day.ts: batchsender has no weakness "leek" | Did you mean "leak"?',
    ],
    [
      'a place that it is not for',
      { environments: ['kubernetes', 'external'] },
      'day.ts: is for kubernetes and external, not for local | Use --env kubernetes.',
    ],
    [
      'an SLO document that is not there',
      { sloFile: 'slos/gone.yaml' },
      'slos/gone.yaml: there is no such SLO document | ',
    ],
    [
      'an unknown option of the system',
      { systemOptions: { rateLimtPerMinute: '1' } },
      'day.ts: systemOptions.rateLimtPerMinute: batchsender has no such option | Did you mean "rateLimitPerMinute"?',
    ],
    [
      'a folder as SLO document',
      { sloFile: 'slos' },
      'slos: cannot be read: EISDIR: illegal operation on a directory, read | Name a YAML file.',
    ],
    [
      'the name of another objective',
      { objectives: [{ ...objective, name: 'rpo' }] },
      'day.ts: two objectives are named "rpo" | ',
    ],
    [
      'an SLO that is not there',
      { objectives: [{ ...objective, sli: 'api-latenci' }] },
      'day.ts: objective "o": sli: there is no SLO "api-latenci" | Did you mean "api-latency"?',
    ],
    [
      'one of several SLOs that is not there',
      { objectives: [{ ...objective, sli: ['uptime', 'api-latenci'] }] },
      'day.ts: objective "o": sli: there is no SLO "api-latenci" | Did you mean "api-latency"?',
    ],
    [
      'an SLO that is no proportion',
      { objectives: [{ ...objective, sli: 'rpo' }] },
      'day.ts: objective "o": sli: there is no SLO "rpo" | There are: api-latency, webhook-latency, error-rate, uptime, batches-accepted.',
    ],
    [
      'a component that is not there',
      {
        objectives: [
          { ...objective, measure: 'gauge', unit: 'count', series: 's', aggregate: 'max', component: 'aip' },
        ],
      },
      'day.ts: objective "o": component: there is no component "aip" | Did you mean "api"?',
    ],
    [
      'an objective without its series',
      { objectives: [{ ...objective, measure: 'gauge', unit: 'count' }] },
      'day.ts: objectives[0].series: is missing | Name a series of /metrics, or write a query for Prometheus.',
    ],
    [
      'a fault on everything',
      { faults: [{ kind: 'kill', target: 'worker', at: '0s' }] },
      'day.ts: faults[0]: kill worker would hit worker-1 and worker-2: 2 of 2 worker, at most 1 may be hit at a time | Aim at one instance (worker-1), or write blastRadius: { worker: 2 } if that is wanted.',
    ],
    [
      'a fault without recovery',
      { faults: [{ kind: 'kill', target: 'worker-1', at: '0s' }] },
      "day.ts: recovery: is missing | Write how long the run goes on after the last fault: recovery: { for: '30s', stableFor: '10s' }.",
    ],
  ])('with %s', async (_what, changes, line) => {
    expect(await refusal(changes)).toBe(line)
  })

  it('that do not load', async () => {
    const file = join(folder, 'broken.ts')
    writeFileSync(file, 'throw new Error("not today")\n')
    expect(await refusal({}, { gameDay: file })).toBe('broken.ts: cannot be loaded: not today | ')
  })
})

describe('environments', () => {
  const external = { environment: 'external', baseUrl: 'https://staging.example.com' } as const
  const hint = 'For instance: --base-url https://staging.example.com'
  it.each([
    [
      { environment: 'kubernetes' },
      {},
      'day.ts: batchsender does not exist in the environment kubernetes | Say in the system how its pods are found (`kubernetes`), or use --env external.',
    ],
    [{ environment: 'external' }, {}, `the environment external needs --base-url | ${hint}`],
    [
      { environment: 'external', baseUrl: 'staging' },
      {},
      `--base-url "staging" is not an http or https address | ${hint}`,
    ],
    [
      { environment: 'external', baseUrl: 'ftp://a' },
      {},
      `--base-url "ftp://a" is not an http or https address | ${hint}`,
    ],
    [
      { environment: 'external', baseUrl: 'https://me:secret@a' },
      {},
      '--base-url holds a user name or a password, which would go into the record | Give the address without them.',
    ],
    [
      { ...external, profile: 'full' },
      {},
      'day.ts: the profile full sends the documented load to staging.example.com | Add --allow-full if that is wanted, or use --profile short.',
    ],
    [
      external,
      { load: [{ scenario: 'smoke', profile: 'full' }] },
      'day.ts: the profile full sends the documented load to staging.example.com | Add --allow-full if that is wanted, or use --profile short.',
    ],
    [
      external,
      {},
      'BATCHSENDER_WEBHOOK_SECRET is not set | Export the secret that the deployment checks webhook signatures with.',
    ],
    [
      { ...external, userEnv: { BATCHSENDER_WEBHOOK_SECRET: 's' } },
      { weaknesses: ['leak'] },
      'weaknesses exist in the environments local and containers, not in external | Leave --weakness out.',
    ],
    [
      { ...external, userEnv: { BATCHSENDER_WEBHOOK_SECRET: 's' } },
      { faults: [{ kind: 'kill', target: 'worker-1', at: '0s' }] },
      'day.ts: faults[0]: kill does not exist in the environment external | Use none or command, or run it in: local, containers, kubernetes.',
    ],
  ] as [Partial<PlanOptions>, object, string][])('%j', async (options, changes, line) => {
    expect(await refusal(changes, options)).toBe(line)
  })
})
