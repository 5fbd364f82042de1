import { askProbe, runCommand } from '../chaos/drivers/command.ts'
import { reconnect } from '../chaos/drivers/kube/connect.ts'
import { freeLock } from '../chaos/drivers/kube/lock.ts'
import { removeRun } from '../chaos/drivers/kube/runs.ts'
import {
  bootId,
  isSameProcess,
  processesOfSessions,
  processesWithEnvironment,
  processTree,
  signalProcess,
} from '../chaos/drivers/proc.ts'
import { lookUntil } from '../chaos/drivers/wait.ts'
import type { ClusterRef } from '../model/cluster.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import type { CommandLine, Injection } from '../model/fault.ts'
import { connectEngine } from './containers/engine.ts'
import { checkContainersBy, removeContainers } from './containers/remove.ts'
import { runEnvironmentName, runMark } from './mark.ts'
import { placeEnv } from './place-env.ts'
import { readEvents } from './record.ts'
import { isInRecord, removeFromRecord } from './record-files.ts'
import { recordFiles } from './record-names.ts'

/** What a ledger says may still be there. */
export interface Leftovers {
  runId: string
  /** Holdfast's own process. */
  pid: number
  startTicks: number
  /** True when the machine was booted since, or is another, or nothing says: a pid may be anybody's. */
  rebooted: boolean
  processes: { instance: string; pid: number; startTicks: number }[]
  /** Undo commands of `command` faults that were injected and never removed, last injected first. */
  commands: { fault: string; undo: CommandLine; probe: CommandLine }[]
  /** Id of the engine in which the run made containers that are not known to be removed, or null. */
  engineId: string | null
  /** Faults that were about to be injected, or were, and are not proven removed. */
  faults: string[]
  ended: boolean
  /** The run in a cluster, where it may have left objects; null when it has not. */
  cluster: { ref: ClusterRef; run: string; lock: string | null; kinds: string[] } | null
  /** Why the ledger could not be read to its end, or null. */
  damage: string | null
}

/** More than a run has at once: each further event looks through them. */
const mostLeft = 5_000

/** Reads the ledger of a record; works on one that was cut or damaged anywhere, with what stands before. */
export const readLeftovers = async (recordDir: string): Promise<Leftovers> => {
  const left: Leftovers = {
    runId: '',
    pid: 0,
    startTicks: 0,
    rebooted: false,
    processes: [],
    commands: [],
    engineId: null,
    faults: [],
    ended: false,
    cluster: null,
    damage: null,
  }
  const pids = new Set<number>()
  try {
    // Killed before its ledger was there: it has started nothing.
    if (!isInRecord(recordDir, recordFiles.events)) return left
    for await (const event of readEvents(recordDir)) {
      fold(left, event, pids)
      if (left.processes.length + left.faults.length + left.commands.length > mostLeft)
        throw new HoldfastError(`${recordDir}: its ledger names more than ${mostLeft} processes and faults at once`)
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    left.damage = error.message
  }
  return left
}

/** @param pids of the processes that are named now */
const fold = (left: Leftovers, event: RunEvent, pids: Set<number>): void => {
  switch (event.type) {
    case 'run.started':
      left.runId = event.runId
      left.pid = event.pid
      left.startTicks = event.startTicks
      left.rebooted = event.bootId !== bootId()
      break
    case 'process.started':
      left.processes.push({ instance: event.instance, pid: event.pid, startTicks: event.startTicks })
      pids.add(event.pid)
      break
    case 'process.exited':
      if (pids.delete(event.pid)) left.processes = left.processes.filter(({ pid }) => pid !== event.pid)
      break
    case 'containers.starting':
      left.engineId = event.engineId
      break
    case 'containers.removed':
      left.engineId = null
      break
    case 'fault.injecting':
      if (!event.injections.every(isOneShot)) left.faults.push(event.fault)
      // Children of an instance, too: a stopped one whose parent has died is in no tree.
      left.processes.push(...event.pids)
      for (const { pid } of event.pids) pids.add(pid)
      for (const injection of event.injections) {
        if (injection.driver === 'command' && injection.undo !== undefined)
          left.commands.unshift({ fault: event.fault, undo: injection.undo, probe: injection.probe })
      }
      break
    case 'fault.provenRemoved':
      left.faults = left.faults.filter((fault) => fault !== event.fault)
      left.commands = left.commands.filter(({ fault }) => fault !== event.fault)
      break
    case 'cluster.entered':
      left.cluster = { ref: event.cluster, run: event.run, lock: event.lock ?? null, kinds: event.kinds }
      break
    case 'cluster.left':
      left.cluster = null
      break
    case 'run.ended':
      left.ended = true
      break
  }
}

/** Nothing stays of a kill: its victim is started again. */
const isOneShot = (injection: Injection): boolean =>
  ((injection.driver === 'process' || injection.driver === 'docker') && injection.action === 'kill') ||
  (injection.driver === 'command' && injection.undo === undefined) ||
  (injection.driver === 'chaos-mesh' && injection.oneShot) ||
  (injection.driver === 'kubernetes' && injection.action === 'restart')

/** True while the Holdfast that writes this record is alive: then nothing is left over yet. */
export const isRunning = (left: Leftovers): boolean =>
  !left.ended && !left.rebooted && isSameProcess(left.pid, left.startTicks)

/** True when the run has ended, and the ledger names nothing that may still be there. */
export const isSettled = (left: Leftovers): boolean =>
  left.ended &&
  left.damage === null &&
  left.faults.length + left.commands.length === 0 &&
  left.engineId === null &&
  left.cluster === null &&
  (left.rebooted || !left.processes.some(({ pid, startTicks }) => isSameProcess(pid, startTicks)))

/** What `cleanUp` did, in words; `failed` is what a person must look at. */
export interface CleanUpResult {
  done: string[]
  failed: string[]
  /** The containers that the ledger names are all removed. */
  containersGone?: boolean
}

const goneDeadlineMs = 5_000

/**
 * Undoes from the ledger whatever a run left behind: every process that the run started is ended
 * (toxics, stress, stopped processes and runbook steps that are still going on end with them), then
 * runbook steps are undone, then its working folder goes. Safe to run twice, and on a machine that was rebooted in between.
 */
export const cleanUp = async (recordDir: string): Promise<CleanUpResult> => {
  const left = await readLeftovers(recordDir)
  const result: CleanUpResult = { done: [], failed: left.damage === null ? [] : [left.damage] }
  await endProcesses(left, result)
  if (left.engineId !== null) await endContainers(runMark(left.runId, left.pid), left.engineId, result)
  // As the run had it: its commands may reach the cluster of the run by these variables only.
  const env = { ...process.env, ...(left.cluster && placeEnv(left.cluster.ref)), [runEnvironmentName]: undefined }
  for (const command of left.commands) {
    const { fault, undo, probe } = command
    const why = await undoCommand(command, env)
    if (why === null) result.done.push(`undid ${fault}: ${undo.argv.join(' ')}`)
    else result.failed.push(`${fault} could not be undone (${why}); check with: ${probe.argv.join(' ')}`)
  }
  if (left.cluster !== null) await leaveCluster(left.cluster, result)
  for (const name of [recordFiles.work, recordFiles.reserve]) removeFromRecord(recordDir, name)
  return result
}

/** Null when it is gone, else why it is not known to be. */
const undoCommand = async (
  { undo, probe }: Leftovers['commands'][number],
  env: NodeJS.ProcessEnv,
): Promise<string | null> => {
  // Whatever the probe would say: one that fails for its own reason looks like one whose fault is gone.
  const { exitCode, text } = await runCommand(undo, { env })
  if (exitCode !== 0) return text
  const seen = await askProbe(probe, env)(false)
  return seen.ok ? null : `its undo ended with 0, but it is not seen to be gone: ${seen.text}`
}

const leaveCluster = async (
  { ref, run, lock, kinds }: NonNullable<Leftovers['cluster']>,
  result: CleanUpResult,
): Promise<void> => {
  try {
    const cluster = await reconnect(ref)
    if (kinds.length > 0) {
      const { done, failed } = await removeRun(cluster, run, kinds)
      result.done.push(...done)
      result.failed.push(...failed)
    }
    if (lock !== null) await freeLock(cluster, lock)
  } catch (error) {
    // A lock frees itself.
    if (kinds.length > 0) result.failed.push(`the cluster of the run can't be reached: ${messageOf(error)}`)
  }
}

const endContainers = async (mark: string, engineId: string, result: CleanUpResult): Promise<void> => {
  const checkBy = `check with: ${checkContainersBy(mark)}`
  try {
    const engine = await connectEngine()
    if (engine.id !== engineId)
      throw new Error(`this Docker engine is not that of the run (${engineId}): set DOCKER_HOST as it was`)
    const count = await removeContainers(engine, mark)
    if (count > 0) result.done.push(`removed ${count} containers`)
    result.containersGone = true
  } catch (error) {
    result.failed.push(`containers of the run may be left: ${messageOf(error)}; ${checkBy}`)
  }
}

const endProcesses = async (left: Leftovers, result: CleanUpResult): Promise<void> => {
  // Kept when the one that began it is gone: its children in the background are in no tree.
  const sessions = new Set<number>()
  const find = () => {
    const known = left.processes.filter(({ pid, startTicks }) => !left.rebooted && isSameProcess(pid, startTicks))
    const trees = known.flatMap(({ pid }) => processTree(pid))
    for (const { pid, sessionId } of trees) if (sessionId === pid) sessions.add(sessionId)
    const background = processesOfSessions(sessions)
    const marked = left.runId === '' ? [] : processesWithEnvironment(runEnvironmentName, runMark(left.runId, left.pid))
    return [...new Map([...trees, ...background, ...marked].map((stat) => [stat.pid, stat])).values()]
  }
  const first = find()
  for (const { pid } of first) signalProcess(pid, 'SIGKILL')
  const gone = await lookUntil(
    () => {
      const rest = find()
      // What was started in between, by a process that is gone now.
      for (const { pid } of rest) signalProcess(pid, 'SIGKILL')
      return { ok: rest.length === 0, text: rest.map(({ pid }) => pid).join(' ') }
    },
    { deadlineMs: goneDeadlineMs },
  )
  if (first.length > 0) result.done.push(`ended ${first.length} processes`)
  if (!gone.ok)
    result.failed.push(`processes ${gone.text} could not be ended; check with: ps -p ${gone.text.replaceAll(' ', ',')}`)
}
