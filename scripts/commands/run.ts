import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { NamespaceLock } from '../../chaos/drivers/kube/lock.ts'
import type { CapacityStep } from '../../model/capacity.ts'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import type { Plan } from '../../model/plan.ts'
import { abortNotification, startNotification, verdictNotification } from '../../reports/notification.ts'
import { verdictText } from '../../reports/terminal.ts'
import { refuseUncheckedCertificates } from '../../run/authorities.ts'
import { checkCluster, enterNamespace } from '../../run/cluster-preflight.ts'
import { prepareContainers } from '../../run/containers.ts'
import { makeFolders } from '../../run/folders.ts'
import { checkReachableByK6 } from '../../run/k6-preflight.ts'
import { type Lock, takeLock } from '../../run/lock.ts'
import { throughProxyText, useForwardProxies } from '../../run/network.ts'
import { settlePredecessor } from '../../run/predecessor.ts'
import { checkReachable, checkReadable } from '../../run/preflight.ts'
import { checkPrometheus } from '../../run/prometheus.ts'
import { run } from '../../run/run.ts'
import { redactor, secretNames } from '../../run/secrets.ts'
import { safetyLever, stateDir } from '../../run/state-dir.ts'
import { StopSwitch } from '../../run/stop.ts'
import { capacitySteps, confirmFound } from '../capacity.ts'
import { judgeRecord } from '../judge-record.ts'
import { makeNotifier } from '../notify.ts'
import { type GameDayOptions, planGameDay } from '../plan-game-day.ts'
import { startProgress } from '../progress.ts'
import { projectDir } from '../project.ts'
import { onSignals } from '../signals.ts'
import { writeStepSummary } from '../step-summary.ts'
import { printError, useColor } from '../terminal.ts'

/** `holdfast run <game day>`: plans, runs, judges, reports. The exit code is the verdict's. */
export const runCommand = async (gameDay: string, options: GameDayOptions & { out: string }): Promise<ExitCode> => {
  const stop = new StopSwitch()
  const progress = startProgress(options.json ? process.stderr : process.stdout)
  const releaseSignals = onSignals((signal) => {
    progress.warn(`${signal}: removing every fault and process; the record stays`)
    stop.stop('interrupted')
  }, progress.warn)
  let locks: Locks | null = null
  try {
    const notifier = makeNotifier(process.env, progress.warn)
    const outDir = resolve(options.out)
    const lever = safetyLever()
    const ready = await prepare(outDir, lever, gameDay, options, progress, stop.signal)
    locks = ready.locks
    const recordDir = join(outDir, ready.plan.runId)
    progress.plan(ready.plan)
    const at = { recordDir, lever, stop, progress }
    const first = await afterSearch(ready, gameDay, options, at)
    for (const warning of first.warnings) progress.warn(warning)
    const { plan: begun } = first
    notifier.send(startNotification(begun))
    const onAbort = () => {
      if (stop.reason !== 'completed' && stop.reason !== 'decided') notifier.send(abortNotification(begun, stop.reason))
    }
    stop.signal.addEventListener('abort', onAbort, { once: true })
    const { machine, namespace } = locks
    const runOnce = ({ plan, system, bundleFile, tools }: typeof first, ownStop: StopSwitch) =>
      run({
        ...{ plan, system, bundleFile, tools, projectDir, recordDir, stop: ownStop },
        baseUrl: options.baseUrl ?? null,
        cluster: ready.cluster,
        userEnv: process.env,
        lockFile: machine.file,
        namespaceLock: namespace,
        safetyLever: lever,
        listener: progress.listener,
      })
    const searchOn = (steps: CapacityStep[]) => afterSearch(ready, gameDay, options, at, steps)
    const { planned, end } =
      ready.search === undefined
        ? { planned: first, end: await runOnce(first, stop) }
        : await confirmFound(ready.search, first, recordDir, stop, runOnce, searchOn)
    const { plan } = planned
    progress.close()
    const verdict = await judgeRecord(recordDir, plan)
    notifier.send(verdictNotification(plan, verdict))
    if (end.error) printError(end.error)
    const report = relative(process.cwd(), join(recordDir, 'report.html'))
    writeStepSummary({ plan, verdict, recordDir })
    if (options.json) process.stdout.write(`${JSON.stringify({ ...verdict, record: recordDir }, null, 2)}\n`)
    else process.stdout.write(`\n${verdictText({ plan, verdict }, { color: useColor(process.stdout) })}\n\n${report}\n`)
    await notifier.sent()
    return verdict.exitCode
  } finally {
    await locks?.namespace?.giveBack()
    locks?.machine.giveBack()
    progress.close()
    releaseSignals()
  }
}

/** One run at a time on this machine per system and place, and in the namespace of a cluster. */
interface Locks {
  machine: Lock
  namespace: NamespaceLock | null
}

type Prepared = Awaited<ReturnType<typeof prepare>>

/** A game day that looks for the capacity tries its rates first; the run that is planned then confirms what was found. */
const afterSearch = async (
  ready: Prepared,
  gameDay: string,
  options: GameDayOptions,
  at: { recordDir: string; lever: string; stop: StopSwitch; progress: ReturnType<typeof startProgress> },
  tried: CapacityStep[] = [],
): Promise<Omit<Prepared, 'locks'>> => {
  if (ready.search === undefined) return ready
  const { recordDir, lever, stop, progress } = at
  const { runId } = ready.plan
  const search = {
    gameDay,
    options,
    runId,
    recordDir,
    stop,
    lever,
    lockFile: ready.locks.machine.file,
    namespaceLock: ready.locks.namespace,
  }
  const step = (text: string) => progress.listener.onStep?.('capacity', text)
  const { factor, steps } = await capacitySteps(ready.search, search, { listener: progress.listener, step }, tried)
  const last = await planGameDay(gameDay, options, () => recordDir, { runId, step: { factor, steps, isLast: true } })
  return { ...last, warnings: [...ready.warnings, ...last.warnings] }
}

/** Plans a run and takes its lock, the bundle in the folder of its record; nothing stays of a run that is refused. */
const prepare = async (
  outDir: string,
  lever: string,
  gameDay: string,
  options: GameDayOptions,
  progress: ReturnType<typeof startProgress>,
  signal: AbortSignal,
) => {
  let dir: string | null = null
  let namespace: NamespaceLock | null = null
  try {
    const planned = await planGameDay(gameDay, options, (runId) => {
      dir = makeFolder(outDir, runId)
      return dir
    })
    const { plan } = planned
    refuseFaultsUnder(lever, plan)
    refuseSecretsIn(plan, secretNames(planned.system))
    useForwardProxies(process.env, askedAddresses(plan, options.baseUrl))
    const warnings = await checkPrometheus(plan, process.env)
    if (options.baseUrl !== undefined) {
      refuseUncheckedCertificates(options.baseUrl, process.env)
      const redirect = await checkReachable(options.baseUrl)
      await checkReachableByK6(planned.tools.k6, options.baseUrl, process.env)
      if (planned.system.audit !== undefined) await checkReadable(options.baseUrl)
      const proxy = throughProxyText(options.baseUrl, process.env)
      warnings.push(...[redirect, proxy].filter((text) => text !== null))
    }
    const { cluster } = planned
    const locksDir = join(stateDir(), 'locks')
    const name = lockName(plan, options.baseUrl)
    await settlePredecessor(locksDir, name, progress.warn)
    const forward = options.baseUrl === undefined ? planned.system.kubernetes?.forward?.base : undefined
    if (cluster !== null) await checkCluster(cluster, plan, forward ?? null)
    if (plan.environment === 'containers')
      await prepareContainers({
        ...{ system: planned.system, weaknesses: plan.weaknesses, systemOptions: plan.systemOptions },
        ...{ projectDir, userEnv: process.env, onStep: (text) => progress.listener.onStep?.('images', text), signal },
      })
    if (cluster !== null) namespace = await enterNamespace(cluster, plan, progress.warn)
    const machine = takeLock(locksDir, name, { runId: plan.runId, recordDir: join(outDir, plan.runId) })
    return { ...planned, warnings: [...planned.warnings, ...warnings], locks: { machine, namespace } }
  } catch (error) {
    await namespace?.giveBack()
    if (dir !== null) rmSync(dir, { recursive: true, force: true })
    if (signal.aborted)
      throw new HoldfastError('interrupted before the run began: nothing was started', {
        exitCode: exitCodes.interrupted,
        cause: error,
      })
    throw error
  }
}

/** Whatever a run asks by itself outside of the system that it starts. */
const askedAddresses = ({ prometheus, guards }: Plan, baseUrl: string | undefined): string[] => [
  ...(baseUrl === undefined ? [] : [baseUrl]),
  ...(prometheus === undefined ? [] : [prometheus.url]),
  ...guards.flatMap((guard) => (guard.kind === 'http' ? [guard.url] : [])),
]

/** One run at a time per system and place. */
const lockName = ({ system, environment, cluster }: Plan, baseUrl: string | undefined): string => {
  if (cluster) return `${system.name} ${environment} ${new URL(cluster.server).host} ${cluster.namespace}`
  return `${system.name} ${environment}${baseUrl === undefined ? '' : ` ${new URL(baseUrl).host}`}`
}

const makeFolder = (outDir: string, runId: string): string => {
  try {
    makeFolders(outDir)
    const dir = join(outDir, runId)
    mkdirSync(dir, { mode: 0o700 })
    return dir
  } catch (cause) {
    throw new HoldfastError(`no record can be made in ${outDir}: ${messageOf(cause)}`, {
      hint: 'Name a folder that you may write to with --out; two runs of one game day cannot start in the same second.',
      cause,
    })
  }
}

const refuseFaultsUnder = (lever: string, plan: Plan): void => {
  if (plan.faults.length === 0 || !existsSync(lever)) return
  throw new HoldfastError(`the safety lever is pulled: ${lever} exists, so no fault may be injected on this machine`, {
    hint: 'Remove the file when faults are wanted again, or run a game day without faults.',
    exitCode: exitCodes.guardTripped,
  })
}

/** Commands of faults and guards are in the record, and the watchdog runs them from there: as they are, or not at all. */
const refuseSecretsIn = (plan: Plan, names: string[]): void => {
  const text = JSON.stringify(plan)
  const name = names.find((each) => redactor(process.env, [each])(text) !== text)
  if (name === undefined) return
  throw new HoldfastError(`the plan holds the value of ${name}, which would go into the record`, {
    hint: `Let the command read it from its environment, which has ${name}.`,
  })
}
