import { join } from 'node:path'
import type { Tools } from '../build/toolchain.ts'
import type { Cluster } from '../chaos/drivers/kube/connect.ts'
import type { NamespaceLock } from '../chaos/drivers/kube/lock.ts'
import { bootId, processStat } from '../chaos/drivers/proc.ts'
import { messageOf } from '../model/errors.ts'
import type { EndReason } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { type System, startedByUs } from '../model/system.ts'
import { windowSchemaVersion } from '../model/window.ts'
import { auditBudgetMs, auditWrites, countDuplicatesBefore } from './audit.ts'
import { sleepUntil, watchClock } from './clock.ts'
import { commandsIn } from './commands.ts'
import { shareCpus } from './cpus.ts'
import { DecisionWatch } from './decision-watch.ts'
import type { RunningSystem } from './environment.ts'
import { runFault } from './faults.ts'
import { K6 } from './k6.ts'
import { k6Failure } from './k6-exit.ts'
import { type RunListener, shielded } from './listener.ts'
import { runEnvironmentName } from './mark.ts'
import { k6Network } from './network.ts'
import { outputConfig } from './output-config.ts'
import { recordPrometheus } from './prometheus.ts'
import { Pump } from './pump.ts'
import { createRecord, Ledger } from './record.ts'
import { removeFromRecord } from './record-files.ts'
import { recordFiles } from './record-names.ts'
import { startSampler } from './sampler.ts'
import { redactor, secretNames } from './secrets.ts'
import { startSystem } from './start-system.ts'
import type { StopSwitch } from './stop.ts'
import { Supervisor } from './supervisor.ts'
import { UndoStack } from './undo.ts'
import { startWatchdog } from './watchdog.ts'

/** Time that the removal of one thing may take. */
const undoBudgetMs = 40_000
/** A verdict that was certain must not be lost with the end of k6's samples; faults are removed by then. */
const decidedPatienceMs = 10_000
/** How long k6 may go on after its planned end and its graceful stop. */
const lateMs = 20_000

export interface RunOptions {
  plan: Plan
  system: System
  bundleFile: string
  projectDir: string
  recordDir: string
  tools: Tools
  baseUrl: string | null
  /** For `kubernetes`. */
  cluster?: Cluster | null
  /** Of the namespace; its owner gives it back. A run that loses it ends. */
  namespaceLock?: NamespaceLock | null
  userEnv: Record<string, string | undefined>
  stop: StopSwitch
  /** The lock of this run, which the watchdog gives back when Holdfast can't. */
  lockFile?: string
  /** File whose existence means: no fault on this machine. */
  safetyLever?: string
  listener: RunListener
}

/** How a run ended; `error` is what broke it. The record is complete either way. */
export interface RunEnd {
  reason: EndReason
  error: Error | null
}

/**
 * Carries a plan out and writes its record: system up, load, faults, audit, everything removed.
 * Never throws for what happens during the run: the reason is in the result and in the record.
 */
export const run = async (options: RunOptions): Promise<RunEnd> => {
  const { plan, recordDir, stop } = options
  createRecord(recordDir, plan)
  const ledger = new Ledger(recordDir)
  ledger.redact = redactor(options.userEnv, secretNames(options.system))
  const listener = shielded(
    options.listener,
    (text) => ledger.redact(text),
    (cause) => ledger.append({ type: 'warning', message: `the progress display failed: ${messageOf(cause)}` }),
  )
  const pump = new Pump(recordDir, plan)
  const watchdog = startWatchdog(recordDir, options.lockFile)
  const undo = new UndoStack(undoBudgetMs)
  let error: Error | null = null
  const broken = (cause: unknown) => {
    // What follows the order to stop is no reason of its own.
    if (stop.signal.aborted) return
    error = cause instanceof Error ? cause : new Error(String(cause))
    error.message = ledger.redact(error.message)
    error.stack = ledger.redact(error.stack ?? '')
    ledger.append({ type: 'error', message: error.message })
    stop.stop('crashed')
  }
  const full = (cause: Error) => broken(new Error(`the record can't be written: ${cause.message}`))
  ledger.onFull = full
  pump.writer.onFull = full
  options.namespaceLock?.whenLost(broken)
  watchdog.whenGone(broken)
  undo.onFailure = (name, reason) => {
    ledger.append({ type: 'warning', message: `undo of ${name}: ${reason}` })
    listener.onWarning?.(`undo of ${name}: ${reason}`)
  }
  try {
    const { pid } = process
    const startTicks = processStat(pid)?.startTicks ?? 0
    ledger.sync({ type: 'run.started', schemaVersion: 1, runId: plan.runId, pid, startTicks, bootId: bootId() })
    const started = await start({ ...options, listener }, ledger, undo, pump, broken)
    await follow({ ...options, listener }, started, ledger, undo, pump, broken)
  } catch (cause) {
    broken(cause)
  } finally {
    await undo.all()
    pump.close()
    ledger.append({ type: 'run.ended', reason: stop.reason })
    ledger.close()
    await watchdog.dismiss()
  }
  return { reason: stop.reason, error }
}

interface Started {
  system: RunningSystem
  k6: K6
  startedAtMs: number
  /** Of a deployment that was there already; 0 where the system began with the run. */
  duplicatesBefore: number | null
}

/** Brings the system and k6 up, and lets the load begin. */
const start = async (
  options: RunOptions,
  ledger: Ledger,
  undo: UndoStack,
  pump: Pump,
  broken: (cause: unknown) => void,
): Promise<Started> => {
  const { plan, recordDir, projectDir, tools, stop, listener } = options
  const cpus = shareCpus(plan)
  const supervisor = new Supervisor(plan.runId, recordDir, ledger)
  supervisor.onUnexpectedEnd = (name) => broken(new Error(`${name} has ended by itself`))
  undo.push('the working folder', async () => removeFromRecord(recordDir, recordFiles.work))
  undo.push('the system', () => supervisor.stopAll())
  // What a runbook step leaves running is the user's: it carries no mark by which a run's own processes are ended.
  const commandEnv = { ...options.userEnv, [runEnvironmentName]: undefined }
  const upAtMs = Date.now()
  const system = await startSystem({
    system: options.system,
    plan,
    projectDir,
    recordDir,
    tools,
    cpus,
    supervisor,
    ledger,
    undo,
    signal: stop.signal,
    baseUrl: options.baseUrl,
    cluster: options.cluster ?? null,
    namespaceLock: options.namespaceLock ?? null,
    userEnv: options.userEnv,
    commandEnv,
  })
  const ofUser = ledger.redact
  const redact = (text: string) => system.redact(ofUser(text))
  ledger.redact = redact
  pump.redact = redact
  listener.onStep?.(
    'system',
    `${system.sampled.map(({ component }) => component).join(', ') || system.baseUrl}, ready in ${seconds(Date.now() - upAtMs)}`,
  )

  const before = startedByUs(plan.environment)
    ? 0
    : await countDuplicatesBefore(options.system, ledger, {
        baseUrl: system.auditUrl,
        scenarioEnv: system.scenarioEnv,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(auditBudgetMs(0))]),
      })

  const k6 = new K6(
    {
      k6: tools.k6,
      bundleFile: options.bundleFile,
      recordDir,
      runId: plan.runId,
      apiPort: system.apiPort,
      output: outputConfig(plan, windowSchemaVersion),
      env: {
        ...k6Network(options.userEnv, join(recordDir, recordFiles.work, 'k6')),
        ...system.scenarioEnv,
        HOLDFAST_BASE_URL: system.baseUrl,
        HOLDFAST_RUN_ID: plan.runId,
        HOLDFAST_LOAD: JSON.stringify(
          plan.load.map(({ scenario, profile, rateFactor, durationMs }) => ({
            scenario,
            profile,
            rateFactor,
            durationMs,
          })),
        ),
      },
      cpus: cpus.load,
      redact,
      onLine: (line) => pump.line(line),
      onWarning: (message) => ledger.append({ type: 'warning', message }),
    },
    ledger,
  )
  undo.push('k6', () => (stop.reason === 'decided' ? k6.stop(decidedPatienceMs) : k6.stop()))
  const targets = [
    ...system.sampled,
    { component: 'k6', process: () => k6.ref, metricsUrl: null, extra: { cpu_limit_cores: cpus.loadCores } },
  ]
  const stopSampler = startSampler(targets, (line) => pump.sample(line))
  undo.push('the sampler', async () => stopSampler())
  await k6.ready(stop.signal)
  const unwatch = watchClock(broken)
  undo.push('the clock', async () => {
    const moved = unwatch()
    if (moved !== null) ledger.append({ type: 'warning', message: `${moved}: its times may be off by that` })
  })
  const { calledAtMs, repliedAtMs } = await k6.go()
  // The judge counts from here.
  const recordedAtMs = ledger.append({ type: 'load.started' })
  const startedAtMs = (calledAtMs + repliedAtMs) / 2
  if (plan.stopWhenDecided) pump.decision = new DecisionWatch(plan, recordedAtMs)
  pump.start(startedAtMs, listener, ledger, stop, options.safetyLever ?? null)
  return { system, k6, startedAtMs, duplicatesBefore: before }
}

/** From the first request to the audit, on one clock. */
const follow = async (
  options: RunOptions,
  { system, k6, startedAtMs, duplicatesBefore }: Started,
  ledger: Ledger,
  undo: UndoStack,
  pump: Pump,
  broken: (cause: unknown) => void,
): Promise<void> => {
  const { plan, stop, listener } = options
  const at = (offsetMs: number) => startedAtMs + offsetMs
  const phase = (name: 'warmUp' | 'steady' | 'faults' | 'recovery' | 'audit', endMs: number) => {
    ledger.append({ type: 'phase.started', phase: name })
    listener.onPhase?.(name, at(endMs))
  }
  // Told at once: faults must not go on without load.
  const load = followLoad(k6, plan, ledger, stop).catch(broken)

  phase('warmUp', plan.phases.warmUp.endMs)
  await sleepUntil(at(plan.phases.steady.startMs), stop.signal)
  phase('steady', plan.phases.steady.endMs)
  await sleepUntil(at(plan.phases.steady.endMs), stop.signal)

  const reason = plan.faultsDespiteBreach ? null : pump.reasonNotToStartFaults()
  if (reason !== null && !stop.signal.aborted) {
    for (const fault of plan.faults) {
      ledger.append({ type: 'fault.skipped', fault: fault.id, reason })
      listener.onFault?.(fault, 'skipped', reason)
    }
    listener.onPhase?.('steady', at(plan.phases.recovery.endMs))
  } else if (plan.faults.length > 0 && !stop.signal.aborted) {
    phase('faults', plan.phases.faults.endMs)
    const context = { ...system.drivers, commandRuns: commandsIn(ledger) }
    const host = { context, ledger, undo, listener, signal: stop.signal, startedAtMs }
    const faults = Promise.all(plan.faults.map((fault) => runFault(fault, host)))
    await sleepUntil(at(plan.phases.recovery.startMs), stop.signal)
    if (!stop.signal.aborted) phase('recovery', plan.phases.recovery.endMs)
    await faults
  }
  await load
  if (stop.signal.aborted) return
  phase('audit', plan.phases.recovery.endMs)
  const { auditUrl, scenarioEnv } = system
  const { readBackWithinMs = 0 } = plan
  const budgetMs = readBackWithinMs + auditBudgetMs(pump.acknowledged)
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(budgetMs)])
  pump.writer.settle()
  const toMs = Date.now()
  await auditWrites(options.system, {
    runId: plan.runId,
    recordDir: options.recordDir,
    baseUrl: auditUrl,
    scenarioEnv,
    ledger,
    signal,
    duplicatesBefore,
    readBackWithinMs,
  })
  for (const message of await recordPrometheus(
    plan,
    options.recordDir,
    { fromMs: startedAtMs, toMs },
    options.userEnv,
  )) {
    ledger.append({ type: 'warning', message })
    listener.onWarning?.(message)
  }
}

/** Resolves when the load has ended, as planned or because the run was stopped. A load that ends early or late breaks the run. */
const followLoad = async (k6: K6, plan: Plan, ledger: Ledger, stop: StopSwitch): Promise<void> => {
  const graceMs = Math.max(0, ...plan.load.map(({ gracefulStopMs }) => gracefulStopMs))
  const over = new AbortController()
  const lateAtMs = Date.now() + plan.phases.recovery.endMs + graceMs + lateMs
  const late = sleepUntil(lateAtMs, AbortSignal.any([stop.signal, over.signal]))
  const exit = await Promise.race([k6.ended, late])
  // A timer that is left would keep Holdfast from ending.
  over.abort()
  if (typeof exit === 'object') {
    ledger.append({ type: 'load.ended', exitCode: exit.code, signal: exit.signal })
    if (exit.code === 0 || stop.signal.aborted) return
    throw k6Failure(exit, k6.lastWords())
  }
  if (exit) throw new Error(`k6 was still running ${lateMs / 1000} s after its end`)
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
