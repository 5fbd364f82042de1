import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveTools } from '../../../../build/toolchain.ts'
import { command } from '../../../../chaos/faults/command.ts'
import { HoldfastError } from '../../../../model/errors.ts'
import type { GameDay } from '../../../../model/gameday.ts'
import type { Verdict } from '../../../../model/verdict.ts'
import { makePlan } from '../../../../plan/index.ts'
import { readEvents, readWindows } from '../../../../run/record.ts'
import { run } from '../../../../run/run.ts'
import { StopSwitch } from '../../../../run/stop.ts'
import { judge } from '../../../../verdict/judge.ts'
import type { Switched } from '../../planted/plants.ts'
import { freshDir } from '../../planted/run.ts'
import { assess, type Finding, refused } from '../assess.ts'
import { drawFor } from '../draw.ts'
import { type LiveKindName, liveKinds } from './kinds.ts'
import type { CallOptions, LivePlant } from './plant.ts'
import { randomPlanted, urlFileOf } from './system.ts'

const projectDir = fileURLToPath(new URL('../../../..', import.meta.url))
const plantedDir = fileURLToPath(new URL('../../planted', import.meta.url))
const caller = join(plantedDir, 'switch-call.ts')

/** Runs one plant of a kind for real, with its trouble or without, and says what the verdict makes of it. */
export const playLive = async (
  seed: number,
  kind: LiveKindName,
  index: number,
  side: Finding['side'],
): Promise<Finding> => {
  const recordDir = freshDir(`random-${kind}-${index}-${side}`)
  const calls = { fault: (options: CallOptions) => faultOf(urlFileOf(recordDir), options) }
  const plant = liveKinds[kind].draw(drawFor(seed, kind, index), calls)[side]
  const it = { kind, index, side, words: plant.words }
  try {
    return withCounts(assess(it, plant.truth, await runLive(plant, recordDir)), plant)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return refused(it, error, plant.isRefused === true)
  }
}

/** A plan that must be refused and was not contradicts the truth, whatever its run then says. */
const withCounts = (finding: Finding, { isRefused }: LivePlant): Finding =>
  isRefused ? { ...finding, wrongFigures: [...finding.wrongFigures, 'the plan was not refused'] } : finding

const faultOf = (urlFile: string, options: CallOptions): GameDay['faults'][number] => {
  const call = (what: string, query: Record<string, string>, [beforeMs, afterMs]: [number, number] = [0, 0]) => {
    const text = new URLSearchParams(query).toString()
    return [process.execPath, caller, urlFile, what, text, String(beforeMs), String(afterMs)]
  }
  const troubles = (list: Switched[] = []) => ({ troubles: JSON.stringify(list) })
  const { expiresMs } = options
  return command({
    title: 'planted trouble',
    inject: call(
      'on',
      { ...troubles(options.while), ...(expiresMs === undefined ? {} : { expiresMs: String(expiresMs) }) },
      options.injectMs,
    ),
    probe: call('is', {}),
    undo: call('off', { ...troubles(options.after), ...(options.keep ? { keep: '1' } : {}) }, options.undoMs),
    at: '0s',
    for: `${options.forS}s`,
  })
}

/** Plans, runs and judges it, as the command line does. */
const runLive = async (plant: LivePlant, recordDir: string): Promise<Verdict> => {
  const scenario = plant.scenario ?? 'random'
  const runId = recordDir.split('/').at(-1) ?? ''
  const gameDay: GameDay = {
    title: runId,
    purpose: plant.words,
    system: randomPlanted.name,
    profile: 'short',
    sloFile: join(recordDir, 'slo.yaml'),
    load: [{ scenario }],
    warmUp: '1s',
    steady: '10s',
    ...(plant.gameDay.faults?.length === 0 ? {} : { recovery: { for: '11s', stableFor: '3s' } }),
    systemOptions: {
      plants: JSON.stringify(plant.plants ?? usualPlants),
      ...(plant.misbehaviour ? { misbehaviour: JSON.stringify(plant.misbehaviour) } : {}),
      ...(plant.auditTrouble ? { auditTrouble: JSON.stringify(plant.auditTrouble) } : {}),
      ...(plant.restarts === false ? { restarts: 'no' } : {}),
    },
    faults: [],
    ...plant.gameDay,
  }
  const file = join(recordDir, 'gameday.ts')
  writeFileSync(file, `export default ${JSON.stringify(gameDay, null, 2)}\n`)
  writeFileSync(join(recordDir, 'slo.yaml'), sloDocument(plant.latencyNames ?? namesOf(scenario), namesOf(scenario)))
  const tools = resolveTools(projectDir)
  const { plan, system, bundleFile } = await makePlan(
    {
      projectDir: plantedDir,
      gameDay: file,
      environment: 'local',
      command: 'npm run truth:random',
      runId,
      outDir: recordDir,
      tools,
      userEnv: {},
    },
    { [randomPlanted.name]: randomPlanted },
  )
  const local = { projectDir, recordDir, tools, baseUrl: null, userEnv: {}, stop: new StopSwitch(), listener: {} }
  await run({ plan, system, bundleFile, ...local })
  return (await judge({ plan, events: readEvents(recordDir), lines: readWindows(recordDir) })).verdict
}

const fast = { latency: { kind: 'fixed', ms: 5 } } as const
const manyPaths = Array.from({ length: 10 }, (_, i) => `/random-${i}`)
const usualPlants = Object.fromEntries(['/random', ...manyPaths].map((path) => [path, fast]))

const namesOf = (scenario: NonNullable<LivePlant['scenario']>): string[] => {
  if (scenario === 'random-many') return manyPaths.map((path) => `GET ${path}`)
  return [scenario === 'random-writes' ? 'POST /random' : 'GET /random']
}

/** p95 below 500 ms, and fewer than 5 % bad, each over its request names; JSON is YAML, too. */
const sloDocument = (latencyNames: string[], names: string[]): string => {
  const source = { type: 'holdfast', spec: { metric: 'holdfast_request', requests: names } }
  const timed = { type: 'holdfast', spec: { metric: 'holdfast_request', unit: 'ms', requests: latencyNames } }
  const slo = (name: string, displayName: string, indicator: object, objective: object) =>
    JSON.stringify({
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: { name, displayName },
      spec: {
        service: 'planted',
        indicator: { metadata: { name }, spec: indicator },
        budgetingMethod: 'Occurrences',
        objectives: [objective],
      },
    })
  return [
    slo(
      'latency',
      'Requests faster than 500 ms',
      { thresholdMetric: { metricSource: timed } },
      { op: 'lt', value: 500, target: 0.95 },
    ),
    slo(
      'errors',
      'Requests that fail',
      { ratioMetric: { counter: true, bad: { metricSource: source }, total: { metricSource: source } } },
      { displayName: 'errors', target: 0.95 },
    ),
  ].join('\n---\n')
}
