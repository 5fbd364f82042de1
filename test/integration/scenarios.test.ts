import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bundleScenarios, scenarioNames } from '../../build/bundle.ts'
import { inspectLoad } from '../../build/inspect.ts'
import { resolveTools } from '../../build/toolchain.ts'
import { profileNames } from '../../model/profile.ts'
import { gameDayNames, loadGameDay } from '../../plan/gameday.ts'
import { makePlan } from '../../plan/index.ts'
import { iterationsIn } from '../../plan/reach.ts'
import { parseSloFile } from '../../plan/slo.ts'
import type { GameDayOptions } from '../../scripts/plan-game-day.ts'
import { makeProgram } from '../../scripts/program.ts'
import { systems } from '../../systems/index.ts'
import { sign, verifySignature } from '../../systems/lib/signature.ts'

const run = promisify(execFile)
const projectDir = resolve(import.meta.dirname, '../..')
const tools = resolveTools(projectDir)
const names = scenarioNames(projectDir, 'batchsender')
const secret = 'for this test'
const gameDays = await Promise.all(gameDayNames(projectDir).map((name) => loadGameDay(projectDir, name)))
const isHere = ({ gameDay: { environments } }: (typeof gameDays)[number]) => environments?.includes('local') ?? true
const here = gameDays.filter(isHere).map(({ name }) => name)
const elsewhere = gameDays.filter((each) => !isHere(each)).map(({ name }) => name)
let folder: string
let bundleFile: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-scenarios-'))
  bundleFile = join(folder, 'bundle.js')
  await bundleScenarios({ projectDir, system: 'batchsender', scenarios: names, outFile: bundleFile })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inspect = (profile: (typeof profileNames)[number], durationMs?: number) =>
  inspectLoad({
    k6: tools.k6,
    bundleFile,
    runId: 'r',
    load: names.map((scenario) => ({ scenario, profile, rateFactor: 1, durationMs })),
  })

describe('k6 inspect', () => {
  it.each(profileNames)('accepts every scenario with profile %s', async (profile) => {
    const loads = await inspect(profile)
    expect(loads.map(({ scenario }) => scenario)).toEqual(names)
    for (const load of loads) {
      expect(load.requests[load.sli], load.scenario).toBeGreaterThan(0)
      expect(load.gracefulStopMs, load.scenario).toBeGreaterThan(3000)
      expect(load.durationMs, load.scenario).toBe(load.rate.at(-1)?.[0])
    }
  })

  it.each([35_000, 35_001, 99_999])('stretches stages to exactly %d ms', async (durationMs) => {
    const loads = await inspect('short', durationMs)
    expect(loads.map((load) => load.durationMs)).toEqual(loads.map(() => durationMs))
  })

  it('full is what the owners document', async () => {
    const total = Object.fromEntries(
      (await inspect('full')).map(({ scenario, rate, durationMs }) => [scenario, { rate, durationMs }]),
    )
    const iterations = (scenario: string, startMs: number, endMs: number) =>
      iterationsIn(total[scenario]?.rate ?? [], { startMs, endMs })
    expect(iterations('sustained', 0, 3_600_000)).toBeCloseTo(1000, 6)
    expect(iterations('spike', 120_000, 720_000)).toBeCloseTo(10_000, 6)
    expect(iterations('webhook-flood', 0, 1000)).toBeCloseTo(1000, 6)
    expect(total.soak?.durationMs).toBe(24 * 3_600_000)
  })

  it('stretches to the length of the game day', async () => {
    const loads = await inspect('smoke', 30_000)
    expect(loads.map(({ durationMs }) => durationMs)).toEqual(names.map(() => 30_000))
    expect(loads.find(({ scenario }) => scenario === 'spike')?.rate[1]).toEqual([6_000, 2])
  })

  it('multiplies rates', async () => {
    const [load] = await inspectLoad({
      k6: tools.k6,
      bundleFile,
      runId: 'r',
      load: [{ scenario: 'sustained', profile: 'full', rateFactor: 2.5 }],
    })
    expect(load?.text).toBe('2,500/h for 1 h')
  })

  it('says in one line what k6 does not like', async () => {
    const file = join(folder, 'throws.js')
    writeFileSync(file, `throw new Error('no good')\nexport default () => {}\n`)
    await expect(inspectLoad({ k6: tools.k6, bundleFile: file, runId: 'r', load: [] })).rejects.toThrow(
      /^k6 refuses the scenarios: Error: no good$/,
    )
  })

  it('does not wait for a script that never ends', async () => {
    const file = join(folder, 'spins.js')
    writeFileSync(file, `for (;;) {}\nexport default () => {}\n`)
    await expect(
      inspectLoad({ k6: tools.k6, bundleFile: file, runId: 'r', load: [], deadlineMs: 1000 }),
    ).rejects.toThrow(`k6 did not read ${file} within 1 s`)
  })

  it('says that k6 is not there', async () => {
    await expect(inspectLoad({ k6: '/nowhere/k6', bundleFile, runId: 'r', load: [] })).rejects.toThrow(
      'k6 is missing: /nowhere/k6 is not there',
    )
  })
})

describe('plans', () => {
  const plan = (gameDay: string) =>
    makePlan({
      projectDir,
      gameDay,
      environment: 'local',
      command: 'test',
      runId: 'r',
      outDir: join(folder, 'plan'),
      tools,
      userEnv: {},
    })

  it.each(here)('%s', async (gameDay) => {
    const { plan: planned, warnings } = await plan(gameDay)
    expect(warnings).toEqual([])
    expect(planned.load.map(({ durationMs }) => durationMs)).toEqual(
      planned.load.map(() => planned.phases.recovery.endMs),
    )
    expect(planned.expectations.map(({ objective }) => objective)).toEqual(planned.objectives.map(({ id }) => id))
    // What is meant to catch a weakness here decides.
    const required = planned.objectives.filter(({ gate }) => gate === 'required').map(({ id }) => id)
    const weaknesses = Object.values(systems[planned.system.name]?.weaknesses ?? {})
    for (const weakness of weaknesses.filter((each) => `${planned.system.name}/${each.gameDay}` === gameDay)) {
      expect(required, weakness.does).toContain(weakness.objective)
    }
  })

  it.each(elsewhere)('%s is refused here', async (gameDay) => {
    await expect(plan(gameDay)).rejects.toThrow(/: is for kubernetes, not for local$/)
  })

  it('the demo fits into its four minutes and judges every documented number', async () => {
    const { plan: planned } = await plan('batchsender/demo')
    expect(planned.phases.recovery.endMs).toBeLessThanOrEqual(200_000)
    // The budget column of reports is for information; everything else decides.
    const informs = planned.objectives.filter(({ gate }) => gate !== 'required').map(({ id }) => id)
    expect(informs).toEqual(['batches-accepted', 'budget'])
  })

  it.each(Object.values(systems))(
    'every request that the SLO document of $name names is sent by a scenario',
    async (system) => {
      const scenarios = scenarioNames(projectDir, system.name)
      const bundle = join(folder, `${system.name}.js`)
      await bundleScenarios({ projectDir, system: system.name, scenarios, outFile: bundle })
      const load = scenarios.map((scenario) => ({ scenario, profile: 'short' as const, rateFactor: 1 }))
      const loads = await inspectLoad({ k6: tools.k6, bundleFile: bundle, runId: 'r', load })
      const sent = new Set(
        loads.flatMap((each) => [
          ...Object.keys(each.requests),
          ...Object.values(each.samples ?? {}).flatMap((byName) => Object.keys(byName)),
        ]),
      )
      const { objectives } = parseSloFile(readFileSync(join(projectDir, system.sloFile), 'utf8'), system.sloFile)
      const named = objectives.flatMap((objective) => ('sli' in objective ? (objective.sli.names ?? []) : []))
      expect(named.filter((name) => !sent.has(name))).toEqual([])
    },
  )
})

/** What the release gate runs unless it is told otherwise: the game day and the options, as its workflow has them. */
const releaseGate = (trigger: 'workflow_call' | 'workflow_dispatch') => {
  const { on, jobs } = parse(readFileSync(join(projectDir, '.github/workflows/release-gate.yml'), 'utf8')) as {
    on: Record<typeof trigger, { inputs: { 'game-day': { default: string } } }>
    jobs: { gate: { steps: { run?: string }[] } }
  }
  const line = jobs.gate.steps.find((step) => step.run?.startsWith('./holdfast run '))?.run ?? ''
  const words = line
    .replace('"$GAME_DAY"', on[trigger].inputs['game-day'].default)
    .replace('"$BASE_URL"', 'https://staging.example.com')
    .split(' ')
  const command = makeProgram(() => {}).commands.find((known) => known.name() === 'run')
  if (command === undefined) throw new Error('there is no command "run"')
  const { operands, unknown } = command.parseOptions(words.slice(2))
  expect({ operands, unknown }, line).toEqual({ operands: [expect.any(String)], unknown: [] })
  return { gameDay: operands[0] ?? '', options: command.opts<GameDayOptions>() }
}

describe('the release gate', () => {
  it.each(['workflow_call', 'workflow_dispatch'] as const)(
    'can be passed, by %s: its run is long enough to prove every required objective',
    async (trigger) => {
      const { gameDay, options } = releaseGate(trigger)
      const { plan } = await makePlan({
        projectDir,
        gameDay,
        environment: options.env,
        profile: options.profile,
        requireProof: options.requireProof,
        baseUrl: options.baseUrl,
        command: 'test',
        runId: 'r',
        outDir: join(folder, 'gate'),
        tools,
        userEnv: { BATCHSENDER_WEBHOOK_SECRET: secret },
      })
      expect(plan).toMatchObject({
        environment: 'external',
        baseUrl: 'https://staging.example.com/',
        requireProof: true,
      })
      const required = plan.objectives.filter(({ gate }) => gate === 'required').map(({ id }) => id)
      const unprovable = plan.expectations.filter(
        ({ objective, provable }) => required.includes(objective) && !provable,
      )
      expect(unprovable).toEqual([])
    },
  )
})

/** A sample as `--out json` writes it. */
interface Sample {
  metric: string
  data: { value: number; tags: Record<string, string>; metadata?: Record<string, string> }
}

describe('a real k6 run against a server of known behaviour', () => {
  let server: Server
  let samples: Sample[]
  let asked = 0
  /** Batch 3 meets a failing server, batch 4 a lost connection; every list lacks its batch. */
  const answerTo = (
    request: IncomingMessage,
    path: string,
    body: Buffer,
  ): { status: number; value: object } | 'reset' => {
    if (path === '/webhooks/ses') {
      const signature = request.headers['x-signature']
      return { status: verifySignature(secret, body, String(signature)) ? 200 : 401, value: {} }
    }
    if (request.method === 'GET') {
      const value = path === '/batches' ? { batches: [] } : { id: path.split('/')[2], status: 'completed' }
      return { status: 200, value }
    }
    if (request.headers['content-type'] !== 'application/json') return { status: 415, value: {} }
    if (body.length > 10_000_000) return { status: 413, value: {} }
    const { id } = JSON.parse(body.toString()) as { id: string }
    if (id.endsWith('-4')) return 'reset'
    return id.endsWith('-3') ? { status: 500, value: {} } : { status: 202, value: { id, status: 'queued' } }
  }

  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    asked++
    const found = answerTo(request, request.url?.split('?')[0] ?? '', body)
    if (found === 'reset') {
      request.socket.destroy()
      return
    }
    response.writeHead(found.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found.value))
  }

  beforeAll(async () => {
    server = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => answer(request, Buffer.concat(pieces), response))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const out = join(folder, 'samples.json')
    const load = [
      { scenario: 'smoke', profile: 'smoke', durationMs: 4000 },
      { scenario: 'webhook-flood', profile: 'smoke', durationMs: 1000 },
    ]
    const env = {
      HOLDFAST_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      HOLDFAST_RUN_ID: 'r1',
      HOLDFAST_LOAD: JSON.stringify(load),
      BATCHSENDER_WEBHOOK_SECRET: secret,
    }
    const args = ['--no-usage-report', '--quiet', '--summary-mode=disabled', '--out', `json=${out}`, bundleFile]
    await run(tools.k6, ['run', ...args], { env, timeout: 60_000 })
    samples = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample)
  })

  afterAll(() => server.close())

  const of = (metric: string, tags: Record<string, string> = {}) =>
    samples.filter(
      (sample) =>
        sample.metric === metric &&
        sample.data.tags &&
        Object.entries(tags).every(([key, value]) => sample.data.tags[key] === value),
    )

  it('counts every request that the server saw, once', () => {
    const sent = of('holdfast_request').length
    expect(sent).toBe(of('http_reqs').length)
    // A reset request may be sent again by k6's HTTP client.
    expect(asked - sent).toBeGreaterThanOrEqual(0)
    expect(asked - sent).toBeLessThanOrEqual(1)
  })

  it('says of a failing status and of a lost connection what they were', () => {
    expect(of('holdfast_request', { name: 'POST /batches', status: '500' }).map(({ data }) => data.tags)).toMatchObject(
      [{ ok: 'false', error: 'status 500', scenario: 'smoke', sli: 'POST /batches' }],
    )
    expect(of('holdfast_request', { name: 'POST /batches', status: '0' }).map(({ data }) => data.tags)).toMatchObject([
      { ok: 'false', error: 'connection closed' },
    ])
  })

  it('an expected refusal is ok, here and in the metrics of k6 itself', () => {
    for (const name of ['POST /webhooks/:provider unsigned', 'POST /webhooks/:provider bad signature']) {
      const found = of('holdfast_request', { name })
      expect(found.length, name).toBeGreaterThan(0)
      expect(
        found.every(({ data }) => data.tags.status === '401' && data.tags.ok === 'true'),
        name,
      ).toBe(true)
      expect(
        of('http_req_failed', { name }).map(({ data }) => data.value),
        name,
      ).toEqual(found.map(() => 0))
    }
    expect(of('holdfast_request', { name: 'POST /batches wrong type' }).length).toBeGreaterThan(0)
    expect(of('holdfast_request', { name: 'POST /batches wrong type' })).toEqual(
      of('holdfast_request', { name: 'POST /batches wrong type', status: '415', ok: 'true' }),
    )
  })

  it('a right status with a wrong body is not ok', () => {
    const lists = of('holdfast_request', { name: 'GET /batches?ids=' })
    expect(lists.length).toBeGreaterThan(0)
    expect(
      lists.every(({ data }) => data.tags.ok === 'false' && data.tags.error === 'batches are missing in the list'),
    ).toBe(true)
  })

  it('signs as the system does', () => {
    const signed = of('holdfast_request', { name: 'POST /webhooks/:provider' })
    expect(signed.length).toBeGreaterThan(0)
    expect(signed.every(({ data }) => data.tags.ok === 'true')).toBe(true)
    expect(sign(secret, 'x')).toMatch(/^sha256=[0-9a-f]{64}$/)
  })

  it('reports acknowledged writes as metadata, and only those', () => {
    const acknowledged = of('holdfast_ack')
      .map(({ data }) => Number(data.metadata?.write))
      .sort((a, b) => a - b)
    const started = of('holdfast_started', { scenario: 'smoke' }).length
    const all = Array.from({ length: started }, (_, n) => n)
    expect(acknowledged).toEqual(all.filter((n) => n !== 3 && n !== 4))
    expect(
      samples.filter(({ metric, data }) => metric !== 'holdfast_ack' && data.metadata?.write !== undefined),
    ).toEqual([])
  })

  it('starts every scenario of the load', () => {
    // How many is the machine's to say when it is busy; that the rates are the planned ones is seen by k6 inspect.
    for (const scenario of ['smoke', 'webhook-flood']) {
      expect(of('holdfast_started', { scenario }).length, scenario).toBeGreaterThan(0)
    }
  })

  it('follows batches to completion', () => {
    expect(of('batch_completion', { name: 'batch', ok: 'true' }).length).toBeGreaterThan(0)
  })
})
