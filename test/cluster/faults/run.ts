import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Pod } from '../../../model/cluster.ts'
import type { RunEvent } from '../../../model/event.ts'
import type { FaultBase } from '../../../model/fault.ts'
import { watchdogsOf } from '../../integration/processes.ts'
import { eventOf, eventsOf } from '../../ledger.ts'
import { endStarted, start } from '../../started.ts'

/** A run in a process of its own, which the test follows in its ledger and may end in any way. */
export interface ClusterRun {
  child: ChildProcess
  runId: string
  recordDir: string
  exit: Promise<{ code: number | string; said: string }>
  events: () => RunEvent[]
  /** Resolves when the ledger has an event of that type; rejects when the run ends without. */
  event: <T extends RunEvent['type']>(type: T, fault?: string) => Promise<Extract<RunEvent, { type: T }>>
}

/** Where and as whom. */
export interface Place {
  kubeconfig: string
  context: string
  namespace: string
}

const recordDirs: string[] = []
// Also those of runs that a failed test has left to themselves.
afterAll(async () => {
  await endStarted()
  for (const dir of recordDirs) rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

/** Starts `main.ts` with these faults; the plan is made from the pods that are there now, unless others are given. */
export const startRun = (
  place: Place,
  faults: FaultBase[],
  lastsMs: number,
  more: { pods?: Pod[]; blastRadius?: Record<string, number> } = {},
): ClusterRun => {
  const recordDir = mkdtempSync(join(tmpdir(), 'holdfast-cluster-run-'))
  const runId = `2026-Cluster-${process.pid}-${recordDirs.length}`
  recordDirs.push(recordDir)
  const options = { recordDir, runId, faults, lastsMs, ...more, ...place }
  const main = join(import.meta.dirname, 'main.ts')
  const started = start([main, JSON.stringify(options)])
  const { child, said } = started
  const exit = started.exit.then((code) => ({ code, said: said() }))
  const event = <T extends RunEvent['type']>(type: T, fault?: string) => {
    const isIt = (one: RunEvent): one is Extract<RunEvent, { type: T }> =>
      one.type === type && (fault === undefined || ('fault' in one && one.fault === fault))
    return eventOf(recordDir, started, isIt, type)
  }
  return { child, runId, recordDir, exit, events: () => eventsOf(recordDir), event }
}

/** The pid of the run's watchdog. */
export const watchdogOf = ({ recordDir }: ClusterRun): number => {
  const [found] = watchdogsOf(recordDir)
  if (found === undefined) throw new Error('the run has no watchdog')
  return found
}
