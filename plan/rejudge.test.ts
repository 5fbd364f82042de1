import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Declared } from '../model/declared.ts'
import type { Objective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import { objectiveOf } from './objectives.ts'
import { rejudgedPlan } from './rejudge.ts'
import { parseSloFile } from './slo.ts'

const projectDir = resolve(import.meta.dirname, '..')
const real = readFileSync(join(projectDir, 'slos/batchsender.yaml'), 'utf8')
const system = { components: ['api', 'worker'], hasAudit: true }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-rejudge-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const recovery = objectiveOf({
  name: 'recovery-time',
  title: 'Recovery',
  measure: 'recoveryTime',
  op: 'lt',
  value: 15,
  unit: 's',
})

/** Only what judging by another document looks at. */
const recorded = (): Plan => {
  const all = parseSloFile(real, 'slos/batchsender.yaml').objectives
  const sliIds = ['api-latency', 'webhook-latency', 'error-rate', 'uptime']
  return {
    environment: 'local',
    profile: 'short',
    stableForMs: 10_000,
    runId: 'r',
    phases: {
      warmUp: { startMs: 0, endMs: 1000 },
      steady: { startMs: 1000, endMs: 20_000 },
      faults: { startMs: 20_000, endMs: 30_000 },
      recovery: { startMs: 30_000, endMs: 60_000 },
    },
    load: [
      {
        scenario: 's',
        profile: 'short',
        rateFactor: 1,
        durationMs: 60_000,
        text: '',
        sli: 'POST /batches',
        gracefulStopMs: 0,
        rate: [
          [0, 10],
          [60_000, 10],
        ],
        requests: { 'POST /batches': 1 },
      },
    ],
    faults: [
      {
        id: 'f1',
        kind: 'none',
        label: 'l',
        oneShot: true,
        target: { kind: 'none' },
        atMs: 20_000,
        holdMs: null,
        injections: [],
      },
    ],
    objectives: [...all, { ...recovery, sliIds } as Objective],
    expectations: [],
    slo: { file: 'slos/batchsender.yaml', sha256: 'old' },
  } as unknown as Plan
}

const rejudge = (text: string, changes: Partial<Plan> = {}): Plan => {
  writeFileSync(join(folder, 'other.yaml'), text)
  return rejudgedPlan({ ...recorded(), ...changes }, projectDir, join(folder, 'other.yaml'), system)
}

it('takes the numbers of the new document and keeps the objectives of the game day', () => {
  const plan = rejudge(
    real
      .replace('value: 500', 'value: 250')
      .replace('name: uptime\n  displayName', 'name: availability\n  displayName'),
  )
  expect(plan.objectives.find(({ id }) => id === 'api-latency')).toMatchObject({ thresholdUs: 250_000 })
  expect(plan.objectives.find(({ id }) => id === 'uptime')).toBeUndefined()
  expect(plan.objectives.find(({ id }) => id === 'recovery-time')).toMatchObject({
    // No webhook-latency: this load sends no webhooks.
    sliIds: ['api-latency', 'error-rate'],
  })
  expect(plan.slo.sha256).not.toBe('old')
  expect(plan.expectations.map(({ objective }) => objective)).toEqual(plan.objectives.map(({ id }) => id))
})

it('looks at the new SLOs when none of the old ones is left', () => {
  const [first = ''] = real.split('---')
  const plan = rejudge(first.replace('name: api-latency\n  displayName', 'name: speed\n  displayName'))
  expect(plan.objectives.find(({ id }) => id === 'recovery-time')).toMatchObject({ sliIds: ['speed'] })
})

it('refuses what is wrong with the document', () => {
  expect(() => rejudge(real.replace('target: 0.95', 'target: 95'))).toThrow(
    /other\.yaml:\d+: spec\.objectives\[0\]\.target: must be below 1/,
  )
  expect(() => rejudge(real.replaceAll('component: worker', 'component: wroker'))).toThrow(
    /there is no component "wroker"/,
  )
})

describe('names that the run does not have', () => {
  const declared: Declared = {
    scenarios: {
      s: { requests: ['POST /batches'], samples: {} },
      other: {
        requests: [
          'GET /batches/:id',
          'GET /batches?ids=',
          'POST /webhooks/:provider',
          'POST /webhooks/:provider unsigned',
          'POST /webhooks/:provider bad signature',
          'POST /batches too large',
          'POST /batches wrong type',
        ],
        samples: { batch_completion: ['batch of 10,000'], batch_send_rate: ['batch of 10,000'] },
      },
    },
    unreadable: {},
    series: { api: null, worker: null },
  }
  const mistyped = real.replace('[POST /batches, "GET /batches/:id"', '[POST /batchs, "GET /batches/:id"')

  it('are refused where no scenario declared them when it was planned', () => {
    expect(() => rejudge(mistyped, { declared })).toThrow(
      /other\.yaml: objective "api-latency": requests: no scenario declares the request "POST \/batchs"$/,
    )
  })

  it('are named with the reason where another scenario declared them', () => {
    const { objectives, expectations } = rejudge(real, { declared })
    expect(objectives.find(({ id }) => id === 'webhook-latency')?.gate).toBe('info')
    expect(expectations.find(({ objective }) => objective === 'webhook-latency')?.notJudged).toEqual({
      gate: 'required',
      reason: 'this load sends no "POST /webhooks/:provider"',
    })
  })

  it('are said to be unknown where the record is older than that', () => {
    const { expectations } = rejudge(mistyped.replace(', "GET /batches/:id", "GET /batches?ids="]', ']'))
    expect(expectations.find(({ objective }) => objective === 'api-latency')?.notJudged?.reason).toBe(
      'this load sends no "POST /batchs" (the record does not say whether any scenario does)',
    )
  })

  it('refuse a record that had to prove its objectives', () => {
    expect(() => rejudge(real, { declared, requireProof: true })).toThrow(
      /proof is required, and this run cannot judge: /,
    )
  })
})

it("takes up again what the game day's own objectives demanded and the plan's load could not show", () => {
  const expectation = { objective: 'recovery-time', samples: 0, needed: null, text: '', provable: false }
  const lost = { ...recovery, gate: 'info', sliIds: [] } as Objective
  const plan = rejudge(real, {
    objectives: [lost],
    expectations: [{ ...expectation, notJudged: { gate: 'required', reason: 'r' } }],
  })
  expect(plan.objectives.find(({ id }) => id === 'recovery-time')?.gate).toBe('required')
})
