import { basename, relative } from 'node:path'
import type { NamespaceLock } from '../chaos/drivers/kube/lock.ts'
import type { CapacitySpec, CapacityStep } from '../model/capacity.ts'
import { exitCodes } from '../model/exit-codes.ts'
import type { Plan } from '../model/plan.ts'
import { makeStepDir } from '../run/ledgers.ts'
import type { RunListener } from '../run/listener.ts'
import { moveInRecord } from '../run/record-files.ts'
import { recordFiles } from '../run/record-names.ts'
import { type RunEnd, run } from '../run/run.ts'
import { StopSwitch } from '../run/stop.ts'
import { confirmedFactor, isSettled, nextFactor } from '../verdict/capacity.ts'
import { formatMs, formatNumber } from '../verdict/format.ts'
import { judgeStep } from './judge-record.ts'
import { type GameDayOptions, planGameDay } from './plan-game-day.ts'
import { projectDir } from './project.ts'

/**
 * Tries rates until the highest that holds is known well enough. Pure but for `tryFactor`.
 * @param isStopped asked after each step: an interrupted search ends with what it has
 * @param tried steps of the same search that went before
 */
export const searchCapacity = async (
  spec: CapacitySpec,
  tryFactor: (factor: number, number: number) => Promise<CapacityStep | null>,
  isStopped: () => boolean = () => false,
  tried: readonly CapacityStep[] = [],
): Promise<{ factor: number; steps: CapacityStep[] }> => {
  const steps = [...tried]
  for (;;) {
    const factor = nextFactor(steps, spec)
    if (factor === null || isStopped()) break
    const step = await tryFactor(factor, steps.length + 1)
    if (step === null) break
    steps.push(step)
  }
  return { factor: steps.length === 0 ? (spec.from ?? 1) : confirmedFactor(steps), steps }
}

/**
 * Each rate is a run of its own, with a system that was just started: what an overload leaves behind
 * (queues, full pools) must not spoil the next step. Its record is in `steps/` of the search's record.
 */
export const capacitySteps = async (
  spec: CapacitySpec,
  at: {
    gameDay: string
    options: GameDayOptions
    runId: string
    recordDir: string
    stop: StopSwitch
    lever: string
    lockFile: string
    namespaceLock: NamespaceLock | null
  },
  tell: { listener: RunListener; step: (text: string) => void },
  tried: readonly CapacityStep[] = [],
): Promise<{ factor: number; steps: CapacityStep[] }> =>
  searchCapacity(
    spec,
    async (factor, number) => {
      const dir = makeStepDir(at.recordDir, number)
      const step = { runId: `${at.runId}-s${basename(dir)}`, step: { factor, steps: [], isLast: false } }
      const { plan, system, bundleFile, tools, cluster } = await planGameDay(at.gameDay, at.options, () => dir, step)
      const stop = linked(at.stop)
      await run({
        plan,
        system,
        bundleFile,
        projectDir,
        recordDir: dir,
        tools,
        baseUrl: at.options.baseUrl ?? null,
        cluster,
        namespaceLock: at.namespaceLock,
        userEnv: process.env,
        stop,
        lockFile: at.lockFile,
        safetyLever: at.lever,
        listener: tell.listener,
      })
      const { verdict, point } = await judgeStep(dir, plan)
      // What could not be removed must be seen to first.
      if (verdict.exitCode === exitCodes.faultNotRemoved) at.stop.stop('crashed')
      tell.step(stepText(number, { ...point, factor }))
      return at.stop.signal.aborted ? null : { ...point, factor }
    },
    () => at.stop.signal.aborted,
    tried,
  )

/**
 * After the run that was to confirm a rate: every step so far, when it did not hold and the search has to go on.
 * The run is then one of the steps, and the folder is free for the next. Null when the search is over.
 */
export const unconfirmed = async (
  spec: CapacitySpec,
  plan: Plan,
  recordDir: string,
): Promise<CapacityStep[] | null> => {
  if (plan.capacity === undefined) return null
  const { point } = await judgeStep(recordDir, plan)
  const steps = [...plan.capacity.steps, point]
  if (isSettled(steps, spec)) return null
  const dir = makeStepDir(recordDir, steps.length)
  moveInRecord(recordDir, relative(recordDir, dir), recordFiles.steps)
  return steps
}

/**
 * Runs what was planned for the rate that was found. Where that does not hold (a guard that stops it is one way) it
 * becomes a step, and `searchOn` plans the next; what ended the last run, or any but by a guard, stops the whole.
 * @param runOnce makes the record in `recordDir`
 */
export const confirmFound = async <P extends { plan: Plan }>(
  spec: CapacitySpec,
  found: P,
  recordDir: string,
  outer: StopSwitch,
  runOnce: (planned: P, stop: StopSwitch) => Promise<RunEnd>,
  searchOn: (steps: CapacityStep[]) => Promise<P>,
): Promise<{ planned: P; end: RunEnd }> => {
  for (let planned = found; ; ) {
    const own = linked(outer)
    const end = await runOnce(planned, own)
    if (own.reason === 'interrupted' || own.reason === 'crashed') outer.stop(own.reason)
    const steps = outer.signal.aborted ? null : await unconfirmed(spec, planned.plan, recordDir)
    if (steps === null) {
      if (own.reason !== 'completed') outer.stop(own.reason)
      return { planned, end }
    }
    planned = await searchOn(steps)
  }
}

/** A guard ends its step only; Ctrl-C ends the step and the search. */
const linked = (outer: StopSwitch): StopSwitch => {
  const own = new StopSwitch()
  const follow = () => own.stop(outer.reason === 'completed' ? 'interrupted' : outer.reason)
  if (outer.signal.aborted) follow()
  else outer.signal.addEventListener('abort', follow, { once: true })
  return own
}

const stepText = (number: number, { state, reason, offeredPerSecond, p95Ms }: CapacityStep): string =>
  `step ${number}: ${formatNumber(Number(offeredPerSecond.toPrecision(3)))}/s ${state}` +
  `${p95Ms === null ? '' : `, p95 ${formatMs(p95Ms)}`}${reason === '' ? '' : ` (${reason})`}`
