import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { resolveTools, type Tools } from '../build/toolchain.ts'
import { type Cluster, connect } from '../chaos/drivers/kube/connect.ts'
import { takeInventory } from '../chaos/drivers/kube/inventory.ts'
import { listPods } from '../chaos/drivers/kube/pods.ts'
import { refuseProduction } from '../chaos/drivers/production.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ProfileName } from '../model/gameday.ts'
import type { Environment } from '../model/system.ts'
import { makePlan, type Planned } from '../plan/index.ts'
import type { PlanOptions } from '../plan/options.ts'
import { refuseMissingPrograms } from '../plan/programs.ts'
import { withEarlier } from '../plan/watched.ts'
import { trustAuthorities } from '../run/authorities.ts'
import { checkBaseline, typedBaselines } from './baseline.ts'
import { earlierVerdicts } from './earlier-verdicts.ts'
import { newRunId, projectDir } from './project.ts'

/** Options that `run` and `plan` share, as commander gives them. */
export interface GameDayOptions {
  env: Environment
  profile?: ProfileName
  baseUrl?: string
  slo?: string
  requireProof?: boolean
  stopWhenDecided?: boolean
  allowFull?: boolean
  weakness: string[]
  precision?: number
  baseline: string[]
  prometheus?: string
  caFile?: string
  context?: string
  namespace?: string
  kubeconfig?: string
  inCluster?: boolean
  allowProduction?: boolean
  /** Folder of records, where the command has one. */
  out?: string
  json?: boolean
}

/** Plans a game day from the command line's words. `outDir` gets the scenario bundle. */
export const planGameDay = async (
  gameDay: string,
  options: GameDayOptions,
  outDirOf: (runId: string) => string,
  step: Pick<PlanOptions, 'step'> & { runId?: string } = {},
): Promise<Planned & { tools: Tools; cluster: Cluster | null }> => {
  checkPlace(options)
  const { baseUrl, allowProduction = false } = options
  if (baseUrl !== undefined) refuseProduction({ 'base URL': placeOf(baseUrl) }, allowProduction)
  trustAuthorities(options.caFile)
  const outDir = resolve(options.out ?? 'out')
  const cluster = options.env === 'kubernetes' ? await connect(options) : null
  const tools = resolveTools(projectDir)
  const runId = step.runId ?? newRunId(gameDay, new Date())
  const planned = await makePlan({
    projectDir,
    gameDay: gameDayPath(gameDay),
    environment: options.env,
    profile: options.profile,
    sloFile: options.slo === undefined ? undefined : resolve(options.slo),
    requireProof: options.requireProof,
    stopWhenDecided: options.stopWhenDecided,
    allowFull: options.allowFull,
    precisionRatio: options.precision,
    baseline: typedBaselines(options.baseline, outDir),
    prometheus: options.prometheus,
    weaknesses: options.weakness,
    command: ['holdfast', ...process.argv.slice(2)].join(' '),
    runId,
    step: step.step,
    outDir: outDirOf(runId),
    tools,
    baseUrl: options.baseUrl,
    cluster: cluster === null ? undefined : await lookAt(cluster),
    userEnv: process.env,
  })
  refuseMissingPrograms(planned.plan, { workingDir: process.cwd(), path: process.env.PATH }, planned.plan.gameDay)
  const recordDir = join(outDir, runId)
  const plan = withEarlier(planned.plan, earlierVerdicts(recordDir, planned.plan))
  const warnings = checkBaseline(plan, recordDir)
  return { ...planned, plan, warnings: [...planned.warnings, ...warnings], tools, cluster }
}

const lookAt = async (cluster: Cluster): Promise<NonNullable<PlanOptions['cluster']>> => ({
  ref: cluster.ref,
  pods: await listPods(cluster),
  inventory: (actions) => takeInventory(cluster, actions),
})

/** A path counts from the working folder, as those of options do, else from the project folder; a name stays. */
export const gameDayPath = (nameOrPath: string, workingDir = process.cwd()): string => {
  const path = resolve(workingDir, nameOrPath)
  return nameOrPath.endsWith('.ts') && existsSync(path) ? path : nameOrPath
}

/** Host and path, without a user and a password. What else can be wrong with an address is the planner's to say. */
const placeOf = (baseUrl: string): string => {
  const url = URL.parse(baseUrl)
  return url === null ? '' : url.host + url.pathname.replace(/\/$/, '')
}

/** Which place goes with which environment; what else can be wrong with an address is the planner's to say. */
const checkPlace = (options: GameDayOptions): void => {
  const { env, baseUrl } = options
  if (baseUrl !== undefined && env !== 'external' && env !== 'kubernetes') {
    throw new HoldfastError(`--base-url does not go with --env ${env}`, {
      hint: 'Add --env external to drive a deployment that is already there.',
    })
  }
  const named = Object.entries(clusterOptions).find(
    ([key]) => options[key as keyof typeof clusterOptions] !== undefined,
  )
  if (named === undefined || env === 'kubernetes') return
  throw new HoldfastError(`${named[1]} does not go with --env ${env}`, { hint: 'Add --env kubernetes.' })
}

const clusterOptions = {
  context: '--context',
  namespace: '--namespace',
  kubeconfig: '--kubeconfig',
  inCluster: '--in-cluster',
} as const
