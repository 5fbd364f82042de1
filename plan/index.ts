import { join } from 'node:path'
import { bundleScenarios, scenarioNames } from '../build/bundle.ts'
import { imagesOf } from '../build/images.ts'
import { inspectLoad } from '../build/inspect.ts'
import type { CapacitySpec, CapacityStep } from '../model/capacity.ts'
import type { ClusterRef, Inventory, Pod } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ActionName } from '../model/fault.ts'
import type { GameDay } from '../model/gameday.ts'
import type { Objective } from '../model/objective.ts'
import { didYouMean } from '../model/parse.ts'
import type { Plan } from '../model/plan.ts'
import { planSchemaVersion } from '../model/plan.ts'
import type { ProfileName } from '../model/profile.ts'
import { type Environment, type System, startedByUs } from '../model/system.ts'
import { systems as allSystems } from '../systems/index.ts'
import { expect } from './expectations.ts'
import { actionsIn, planFaults } from './faults.ts'
import { loadGameDay } from './gameday.ts'
import { checkObjectives, readSlo } from './objective-set.ts'
import { objectiveOf } from './objectives.ts'
import { phasesOf, steadyEndOf } from './phases.ts'
import { withPodsFound } from './pods.ts'
import { fromPrometheus, plannedPrometheus } from './prometheus.ts'
import { type PlanTools, provenanceOf } from './provenance.ts'

export interface PlanOptions {
  projectDir: string
  /** `batchsender/demo`, or the path of a `.ts` file. */
  gameDay: string
  environment: Environment
  profile?: ProfileName | undefined
  /** Replaces the game day's and the system's SLO document; relative to the project folder. */
  sloFile?: string | undefined
  requireProof?: boolean | undefined
  /** One rate of a capacity search: a multiple of the load, and what was tried before it. */
  step?: { factor: number; steps: CapacityStep[]; isLast: boolean } | undefined
  /** How near a capacity search comes, instead of the game day's own: 0.1 is 10 %. */
  precisionRatio?: number | undefined
  /** Runs to compare with, instead of the game day's own. */
  baseline?: string[] | undefined
  /** Address of a Prometheus server for the objectives' queries. */
  prometheus?: string | undefined
  /** Added to the game day's own. */
  weaknesses?: string[] | undefined
  /** Allows the profile `full` against a deployment that is not ours. */
  allowFull?: boolean | undefined
  /** As the user typed it; for the record. */
  command: string
  runId: string
  /** Where the bundle goes. */
  outDir: string
  tools: PlanTools
  baseUrl?: string | undefined
  /** For `kubernetes`: the cluster that the user named, with every pod of its namespace. */
  cluster?:
    | {
        ref: ClusterRef
        pods: Pod[]
        /** Looks up what these actions change; only asked where a game day has any. */
        inventory: (actions: ActionName[]) => Promise<Inventory>
      }
    | undefined
  userEnv: Record<string, string | undefined>
}

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
  const written = [...slo.objectives, ...gameDayObjectives(gameDay, file)]
  checkObjectives(written, Object.keys(system.components), file)

  const bundleFile = join(options.outDir, 'bundle.js')
  checkScenarios(gameDay, scenarioNames(projectDir, system.name), file)
  const load = loadRequests(gameDay, profile, timing.phases.recovery.endMs, file)
  const bundle = await bundleScenarios({
    projectDir,
    system: system.name,
    scenarios: load.map(({ scenario }) => scenario),
    outFile: bundleFile,
  })
  const planned = await inspectLoad({ k6: options.tools.k6, bundleFile, load, runId })

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
  }
  const { objectives, expectations } = expect(prometheus.prometheus ? fromPrometheus(written) : written, run)
  if (!objectives.some(({ gate }) => gate === 'required')) {
    throw new HoldfastError(`${file}: this run can judge none of the required objectives of ${slo.file}`, {
      hint: 'Add a scenario that sends what the objectives ask for.',
    })
  }
  const plan: Plan = {
    schemaVersion: planSchemaVersion,
    runId,
    gameDay: name,
    title: gameDay.title,
    purpose: gameDay.purpose,
    system: { name: system.name, title: system.title, standsFor: startedByUs(environment) ? standIns(system) : [] },
    environment,
    ...(options.cluster && { cluster: options.cluster.ref }),
    profile,
    requireProof: options.requireProof ?? profile === 'full',
    ...timing,
    load: planned,
    faults,
    guards: gameDay.guards ?? [],
    objectives,
    expectations,
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

/**
 * The game day at one rate of its capacity search: the load times a factor, and the step's length
 * but for the last run, which has the game day's own. Without a step, at its first rate.
 */
const atStep = (gameDay: GameDay, { step }: PlanOptions, file: string): GameDay => {
  const { capacity } = gameDay
  if (capacity === undefined) return gameDay
  if (gameDay.faults.length > 0) {
    throw new HoldfastError(`${file}: capacity: a search for the highest rate goes without faults`, {
      hint: 'Leave faults empty, or write a game day of its own.',
    })
  }
  const factor = step?.factor ?? capacity.from ?? Math.min(1, capacity.upTo)
  return {
    ...gameDay,
    load: gameDay.load.map((entry) => ({ ...entry, rateFactor: (entry.rateFactor ?? 1) * factor })),
    steady: step === undefined || step.isLast ? gameDay.steady : (capacity.step ?? '15s'),
  }
}

const searchOf = ({ capacity }: GameDay, { precisionRatio }: PlanOptions, file: string): Pick<Planned, 'search'> => {
  if (precisionRatio === undefined) return capacity === undefined ? {} : { search: capacity }
  if (capacity === undefined) {
    throw new HoldfastError(`${file}: does not look for its capacity, so there is nothing for --precision`, {
      hint: 'Leave --precision out.',
    })
  }
  if (!(precisionRatio >= 0.01)) {
    throw new HoldfastError('--precision is not a number of at least 0.01', {
      hint: 'For instance 0.1, which is 10 %.',
    })
  }
  return { search: { ...capacity, precisionRatio } }
}

const capacityOf = ({ capacity }: GameDay, { step }: PlanOptions): Pick<Plan, 'capacity'> =>
  capacity === undefined || !step?.isLast
    ? {}
    : { capacity: { factor: step.factor, upTo: capacity.upTo, steps: step.steps } }

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

export const checkPlaceOf = ({ environments }: GameDay, environment: Environment, file: string): void => {
  if (environments === undefined || environments.includes(environment)) return
  throw new HoldfastError(`${file}: is for ${environments.join(' and ')}, not for ${environment}`, {
    hint: `Use --env ${environments[0]}.`,
  })
}

const usesFull = ({ load }: GameDay, profile: ProfileName): boolean =>
  load.some((entry) => (entry.profile ?? profile) === 'full')

const checkEnvironment = (system: System, options: PlanOptions, full: boolean, file: string): void => {
  const { environment, baseUrl } = options
  if (startedByUs(environment)) {
    if (system[environment]) return
    throw new HoldfastError(`${file}: ${system.name} does not exist in the environment ${environment}`, {
      hint: 'Use --env external.',
    })
  }
  if (environment === 'kubernetes') {
    if (!system.kubernetes || !options.cluster) {
      throw new HoldfastError(`${file}: ${system.name} does not exist in the environment kubernetes`, {
        hint: 'Say in the system how its pods are found (`kubernetes`), or use --env external.',
      })
    }
    if (baseUrl === undefined && !system.kubernetes.forward) {
      throw new HoldfastError(`the environment kubernetes needs --base-url: ${system.name} names no Service`, {
        hint: 'Give the address of its ingress, or of a `kubectl port-forward`.',
      })
    }
  }
  if (environment === 'external' || baseUrl !== undefined) checkBaseUrl(environment, baseUrl)
  const where = baseUrl === undefined ? `the cluster ${options.cluster?.ref.server}` : new URL(baseUrl).host
  if (full && !options.allowFull) {
    throw new HoldfastError(`${file}: the profile full sends the documented load to ${where}`, {
      hint: 'Add --allow-full if that is wanted, or use --profile short.',
    })
  }
  system.externalEnv?.(options.userEnv)
}

const checkBaseUrl = (environment: Environment, baseUrl: string | undefined): void => {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new HoldfastError(
      baseUrl === undefined
        ? `the environment ${environment} needs --base-url`
        : `--base-url "${baseUrl}" is not an http or https address`,
      { hint: 'For instance: --base-url https://staging.example.com' },
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new HoldfastError('--base-url holds a user name or a password, which would go into the record', {
      hint: 'Give the address without them.',
    })
  }
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

const checkScenarios = ({ system, load }: GameDay, known: string[], file: string): void => {
  for (const [i, { scenario }] of load.entries()) {
    if (known.includes(scenario)) continue
    throw new HoldfastError(`${file}: load[${i}].scenario: ${system} has no scenario "${scenario}"`, {
      hint: didYouMean(scenario, known),
    })
  }
}

const loadRequests = ({ load }: GameDay, profile: ProfileName, durationMs: number, file: string) =>
  load.map((entry, i) => {
    if (load.findIndex(({ scenario }) => scenario === entry.scenario) < i) {
      throw new HoldfastError(`${file}: load[${i}]: "${entry.scenario}" is there twice`, {
        hint: 'Use rateFactor for more of it.',
      })
    }
    return {
      scenario: entry.scenario,
      profile: entry.profile ?? profile,
      rateFactor: entry.rateFactor ?? 1,
      durationMs,
    }
  })

const standIns = ({ components }: System): string[] =>
  Object.values(components).flatMap(({ standsFor }) => (standsFor === undefined ? [] : [standsFor]))
