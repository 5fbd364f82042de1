import { join } from 'node:path'
import { bundleScenarios } from '../build/bundle.ts'
import { declaredScenarios } from '../build/declarations.ts'
import { imagesOf } from '../build/images.ts'
import { inspectLoad } from '../build/inspect.ts'
import type { CapacitySpec } from '../model/capacity.ts'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import type { Objective } from '../model/objective.ts'
import { didYouMean } from '../model/parse.ts'
import type { Plan } from '../model/plan.ts'
import { planSchemaVersion } from '../model/plan.ts'
import { type System, startedByUs } from '../model/system.ts'
import { systems as allSystems } from '../systems/index.ts'
import { atStep, capacityOf, searchOf } from './capacity.ts'
import { checkEnvironment, checkPlaceOf, usesFull } from './environments.ts'
import { assessProvability } from './expectations.ts'
import { actionsIn, planFaults } from './faults.ts'
import { loadGameDay } from './gameday.ts'
import { checkScenarios, loadRequests } from './load.ts'
import { checkLeavesOut, refuseLost } from './lost.ts'
import { checkNames, seriesOf } from './names.ts'
import { checkObjectives, readSlo } from './objective-set.ts'
import { objectiveOf } from './objectives.ts'
import type { PlanOptions } from './options.ts'
import { phasesOf, steadyEndOf } from './phases.ts'
import { withPodsFound } from './pods.ts'
import { fromPrometheus, plannedPrometheus } from './prometheus.ts'
import { type PlanTools, provenanceOf } from './provenance.ts'
import { readBackOf } from './read-back.ts'

/** What `run` follows. */
export interface Planned {
  plan: Plan
  /** Of a game day that looks for its capacity: what `run` does before the planned run. */
  search?: CapacitySpec
  system: System
  bundleFile: string
  /** Allowed, and probably not meant. */
  warnings: string[]
}

/**
 * Decides everything before anything starts: reads game day and SLO document, bundles the scenarios,
 * resolves targets, counts the samples to come.
 * @throws HoldfastError, as one line, for everything that is wrong with what the user wrote.
 */
export const makePlan = async (
  options: PlanOptions,
  systems: Record<string, System> = allSystems,
): Promise<Planned> => {
  const { projectDir, environment, runId } = options
  const loaded = await loadGameDay(projectDir, options.gameDay)
  const { name, file } = loaded
  const gameDay = atStep(loaded.gameDay, options, file)
  const system = systemOf(systems, gameDay, file)
  checkPlaceOf(gameDay, environment, file)
  const search = searchOf(gameDay, options, file)
  const profile = options.profile ?? gameDay.profile ?? 'short'
  checkEnvironment(system, options, usesFull(gameDay, profile), file)
  const weaknesses = weaknessesOf(system, options, gameDay, file)
  checkOptions(system, gameDay, file)

  const steadyEndMs = steadyEndOf(gameDay, file)
  const pods = options.cluster?.pods.filter(({ ending }) => !ending)
  const actions = actionsIn(gameDay.faults)
  const faults = planFaults(gameDay.faults, {
    system: pods === undefined ? system : withPodsFound(system, pods),
    environment,
    file,
    steadyEndMs,
    blastRadius: gameDay.blastRadius ?? {},
    namespace: options.cluster?.ref.namespace,
    pods,
    inventory: pods && (await options.cluster?.inventory(actions)),
  })
  const timing = phasesOf(gameDay, faults, file)

  const slo = readSlo(projectDir, options.sloFile ?? gameDay.sloFile ?? system.sloFile)
  const own = gameDayObjectives(gameDay, file)
  const written = [...slo.objectives, ...own]
  checkObjectives(written, Object.keys(system.components), file)
  const { leavesOut = [] } = gameDay
  // Another document need not have what the game day leaves out of its own.
  if (options.sloFile === undefined) checkLeavesOut(leavesOut, written, file)

  const bundleFile = join(options.outDir, 'bundle.js')
  checkScenarios(gameDay, projectDir, file)
  const load = loadRequests(gameDay, profile, timing.phases.recovery.endMs, file)
  const bundle = await bundleScenarios({
    projectDir,
    system: system.name,
    scenarios: load.map(({ scenario }) => scenario),
    outFile: bundleFile,
  })
  const { k6 } = options.tools
  const planned = await inspectLoad({ k6, bundleFile, load, runId })
  const scratchFile = join(options.outDir, 'declarations.js')
  const declared = {
    ...(await declaredScenarios({ projectDir, system: system.name, k6, scratchFile })),
    series: seriesOf(system),
  }
  checkNames(slo.objectives, declared, slo.file)
  checkNames(own, declared, file)

  const prometheus =
    options.prometheus === undefined
      ? {}
      : { prometheus: plannedPrometheus(options.prometheus, timing.phases.recovery.endMs) }
  const run = {
    ...prometheus,
    environment,
    profile,
    ...timing,
    load: planned,
    faults,
    hasAudit: system.audit !== undefined,
    selected: Object.keys(system.kubernetes?.selectors ?? {}),
    declared,
    leavesOut,
  }
  const { objectives, expectations } = assessProvability(prometheus.prometheus ? fromPrometheus(written) : written, run)
  if (!objectives.some(({ gate }) => gate === 'required')) {
    throw new HoldfastError(`${file}: this run can judge none of the required objectives of ${slo.file}`, {
      hint: 'Add a scenario that sends what the objectives ask for.',
    })
  }
  const requireProof = options.requireProof ?? profile === 'full'
  if (requireProof) refuseLost(expectations, leavesOut, file)
  const plan: Plan = {
    schemaVersion: planSchemaVersion,
    runId,
    gameDay: name,
    title: gameDay.title,
    purpose: gameDay.purpose,
    system: { name: system.name, title: system.title, standsFor: startedByUs(environment) ? standIns(system) : [] },
    environment,
    ...(options.cluster && { cluster: options.cluster.ref }),
    ...(environment === 'external' && options.baseUrl && { baseUrl: new URL(options.baseUrl).href }),
    profile,
    requireProof,
    ...(options.stopWhenDecided && { stopWhenDecided: true as const }),
    ...timing,
    ...readBackOf(gameDay, system, file),
    load: planned,
    faults,
    guards: gameDay.guards ?? [],
    objectives,
    expectations,
    ...(leavesOut.length > 0 && { leavesOut }),
    declared,
    faultsDespiteBreach: gameDay.faultsDespiteBreach ?? false,
    ...capacityOf(gameDay, options),
    ...prometheus,
    ...baselineOf(gameDay, options),
    weaknesses,
    systemOptions: gameDay.systemOptions ?? {},
    bundle: { sha256: bundle.sha256 },
    slo: { file: slo.file, sha256: slo.sha256 },
    provenance: provenanceOf(projectDir, options.command, toolsOf(options)),
  }
  return { plan, ...search, system, bundleFile, warnings: slo.warnings }
}

/** The command line's runs replace the game day's; whether they gate is the game day's to say. */
const baselineOf = ({ baseline }: GameDay, options: PlanOptions): Pick<Plan, 'baseline'> => {
  const spec = typeof baseline === 'string' ? { run: baseline } : baseline
  const runs = options.baseline?.length ? options.baseline : [spec?.run ?? []].flat()
  return runs.length === 0 ? {} : { baseline: { runs: [...new Set(runs)], gates: spec?.gates ?? false } }
}

/** In containers the parts run from images, not from this machine's programs. */
const toolsOf = ({ environment, tools, userEnv }: PlanOptions): PlanTools => {
  if (environment !== 'containers') return tools
  const k6 = tools.versions?.k6
  return { k6: tools.k6, versions: { ...(k6 === undefined ? {} : { k6 }), ...imagesOf(userEnv) } }
}

const systemOf = (systems: Record<string, System>, { system }: GameDay, file: string): System => {
  const found = Object.hasOwn(systems, system) ? systems[system] : undefined
  if (found) return found
  throw new HoldfastError(`${file}: system: there is no system "${system}"`, {
    hint: didYouMean(system, Object.keys(systems)),
  })
}

const weaknessesOf = (system: System, options: PlanOptions, gameDay: GameDay, file: string): string[] => {
  const names = [...new Set([...(gameDay.weaknesses ?? []), ...(options.weaknesses ?? [])])]
  for (const name of names) {
    if (Object.hasOwn(system.weaknesses, name)) continue
    throw new HoldfastError(`${file}: ${system.name} has no weakness "${name}"`, {
      hint: didYouMean(name, Object.keys(system.weaknesses)),
    })
  }
  if (names.length > 0 && !startedByUs(options.environment)) {
    throw new HoldfastError(
      `weaknesses exist in the environments local and containers, not in ${options.environment}`,
      {
        hint: 'Leave --weakness out.',
      },
    )
  }
  return names
}

const checkOptions = (system: System, { systemOptions = {} }: GameDay, file: string): void => {
  const known = Object.keys(system.options ?? {})
  const unknown = Object.keys(systemOptions).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new HoldfastError(`${file}: systemOptions.${unknown}: ${system.name} has no such option`, {
    hint: didYouMean(unknown, known),
  })
}

const gameDayObjectives = ({ objectives = [] }: GameDay, file: string): Objective[] =>
  objectives.map((spec, i) => {
    try {
      return objectiveOf(spec)
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      throw new HoldfastError(`${file}: objectives[${i}].${error.message}`, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })
    }
  })

const standIns = ({ components }: System): string[] =>
  Object.entries(components).flatMap(([name, { standsFor }]) =>
    standsFor === undefined ? [] : [`${name}: ${standsFor}`],
  )
