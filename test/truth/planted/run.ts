import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScenarios } from '../../../build/bundle.ts'
import { inspectLoad } from '../../../build/inspect.ts'
import { resolveTools } from '../../../build/toolchain.ts'
import type { CapacityStep } from '../../../model/capacity.ts'
import type { RunEvent } from '../../../model/event.ts'
import type { Guard } from '../../../model/gameday.ts'
import type { Objective } from '../../../model/objective.ts'
import type { Plan, PlannedFault } from '../../../model/plan.ts'
import type { Charts, Verdict } from '../../../model/verdict.ts'
import type { RunListener } from '../../../run/listener.ts'
import type { LiveStatus } from '../../../run/live.ts'
import { readEvents, readWindows } from '../../../run/record.ts'
import { run } from '../../../run/run.ts'
import { StopSwitch } from '../../../run/stop.ts'
import { judge } from '../../../verdict/judge.ts'
import type { Plants } from './plants.ts'
import { planted, plantOptions } from './system.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))
const plantedDir = fileURLToPath(new URL('.', import.meta.url))

/** A short run against the planted server; lengths in ms. Without faults it ends with the steady state. */
export interface PlantedRun {
  name: string
  scenarios: string[]
  /** Multiplies the scenarios' own rates; 1 unless told. */
  rateFactor?: number
  plants: Plants
  refusing?: Plants
  warmUpMs: number
  steadyMs: number
  objectives: Objective[]
  guards?: Guard[]
  stopWhenDecided?: true
  readBackWithinMs?: number
  faults?: Pick<PlannedFault, 'kind' | 'oneShot' | 'target' | 'atMs' | 'holdMs' | 'injections'>[]
  recovery?: { ms: number; stableForMs: number }
  listener?: RunListener
  /** `local` unless told. */
  environment?: 'local' | 'containers'
}

export interface PlantedResult {
  plan: Plan
  recordDir: string
  verdict: Verdict
  charts: Charts
  point: CapacityStep
  events: RunEvent[]
  /** Every live status, with the time at which it was told. */
  live: { atMs: number; status: LiveStatus }[]
}

/** Runs k6 and the faults against the planted server, and judges the record: the whole way of a user's run. */
export const runPlanted = async (options: PlantedRun): Promise<PlantedResult> => {
  const recordDir = freshDir(options.name)
  const tools = resolveTools(projectDir)
  const { plan, bundleFile } = await planOf(options, recordDir, tools.k6)
  const live: PlantedResult['live'] = []
  const end = await run({
    plan,
    system: planted,
    bundleFile,
    projectDir,
    recordDir,
    tools,
    baseUrl: null,
    userEnv: options.environment === 'containers' ? process.env : {},
    stop: new StopSwitch(),
    listener: { ...options.listener, onStatus: (status) => live.push({ atMs: Date.now(), status }) },
  })
  if (end.error) throw end.error
  const events = await collect(readEvents(recordDir))
  return { plan, recordDir, events, live, ...(await judge({ plan, events, lines: readWindows(recordDir) })) }
}

export const recordDirOf = (name: string): string => join(projectDir, 'out/truth', name)

/** The record of a truth run stays until the next one of its name, to be looked at. */
export const freshDir = (name: string): string => {
  const dir = recordDirOf(name)
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  return dir
}

/** A short record fits in memory. */
export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const planOf = async (
  options: PlantedRun,
  recordDir: string,
  k6: string,
): Promise<{ plan: Plan; bundleFile: string }> => {
  const { scenarios, warmUpMs, steadyMs, faults = [], recovery = { ms: 0, stableForMs: 0 } } = options
  const runId = recordDir.split('/').at(-1) ?? ''
  const steadyEndMs = warmUpMs + steadyMs
  const faultsEndMs = Math.max(steadyEndMs, ...faults.map(({ atMs, holdMs }) => atMs + (holdMs ?? 0)))
  const durationMs = faultsEndMs + recovery.ms
  const outFile = join(recordDir, 'bundle.js')
  const bundle = await bundleScenarios({ projectDir: plantedDir, system: 'planted', scenarios, outFile })
  const load = scenarios.map((scenario) => ({
    scenario,
    profile: 'short' as const,
    rateFactor: options.rateFactor ?? 1,
    durationMs,
  }))
  const plan: Plan = {
    schemaVersion: 1,
    runId,
    gameDay: `truth/${options.name}`,
    title: options.name,
    purpose: 'What the harness measures against what the server did.',
    system: { name: planted.name, title: planted.title, standsFor: [] },
    environment: options.environment ?? 'local',
    profile: 'short',
    requireProof: false,
    phases: {
      warmUp: { startMs: 0, endMs: warmUpMs },
      steady: { startMs: warmUpMs, endMs: steadyEndMs },
      faults: { startMs: steadyEndMs, endMs: faultsEndMs },
      recovery: { startMs: faultsEndMs, endMs: durationMs },
    },
    stableForMs: recovery.stableForMs,
    readBackWithinMs: options.readBackWithinMs ?? 0,
    load: await inspectLoad({ k6, bundleFile: bundle.file, runId, load }),
    faults: faults.map((fault, i) => ({ ...fault, id: `f${i + 1}`, label: fault.kind })),
    guards: options.guards ?? [],
    ...(options.stopWhenDecided && { stopWhenDecided: options.stopWhenDecided }),
    objectives: options.objectives,
    expectations: [],
    faultsDespiteBreach: true,
    weaknesses: [],
    systemOptions: plantOptions(options.plants, options.refusing),
    bundle: { sha256: bundle.sha256 },
    slo: { file: '', sha256: '' },
    provenance: { holdfast: '', gitCommit: null, command: '', node: '', k6: '', platform: '', tools: {} },
  }
  return { plan, bundleFile: bundle.file }
}
