import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSameProcess, processStat } from '../chaos/drivers/proc.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { makeFolders } from './folders.ts'
import { stateDirHint } from './state-dir.ts'

/** Who holds a lock. */
export interface LockHolder {
  runId: string
  recordDir: string
  pid: number
  startTicks: number
}

/**
 * Takes the lock of a system in an environment: one run at a time, so that two game days never
 * overlap unknowingly. A lock whose process has ended (a crash, a reboot) counts as free.
 * @returns the function that gives it back.
 * @throws HoldfastError naming the run that holds it, or when no lock can be made.
 */
export const takeLock = (dir: string, name: string, run: { runId: string; recordDir: string }): (() => void) => {
  const file = join(dir, `${name.replaceAll(/[^a-zA-Z0-9.-]+/g, '-')}.lock`)
  const mine = join(dir, `.${process.pid}-${run.runId}`)
  const holder: LockHolder = { ...run, pid: process.pid, startTicks: processStat(process.pid)?.startTicks ?? 0 }
  try {
    makeFolders(dir, 0o700)
    writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 })
  } catch (cause) {
    throw impossible(`the lock ${file} can't be made`, cause)
  }
  try {
    // A link is made whole or not at all, and never over another.
    while (!link(mine, file)) dropIfStale(file, mine, name)
  } finally {
    rmSync(mine, { force: true })
  }
  return () => rmSync(file, { force: true })
}

/**
 * The runs that hold a lock now; none where there is no such folder.
 * @throws HoldfastError when it can't be read.
 */
export const lockHolders = (dir: string): LockHolder[] => {
  let names: string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw impossible(`the locks in ${dir} can't be read`, error)
  }
  return names
    .filter((name) => name.endsWith('.lock'))
    .map((name) => readHolder(join(dir, name)))
    .filter((holder) => holder !== null && isAlive(holder))
    .filter((holder) => holder !== null)
}

const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw impossible(`the lock ${to} can't be made`, error)
  }
}

const impossible = (what: string, cause: unknown): HoldfastError =>
  new HoldfastError(`${what}: ${messageOf(cause)}`, { hint: stateDirHint, cause })

const dropIfStale = (file: string, mine: string, name: string): void => {
  const holder = readHolder(file)
  if (holder !== null && isAlive(holder)) throw heldBy(holder, name)
  // Moving it away first: two who find it stale at once must not remove the winner's new lock.
  const aside = `${mine}.stale`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = readHolder(aside)
  if (moved !== null && isAlive(moved)) link(aside, file)
  rmSync(aside, { force: true })
}

const heldBy = ({ runId, pid }: LockHolder, name: string): HoldfastError =>
  new HoldfastError(`${name} is in use by run ${runId} (pid ${pid}); two runs at once would judge each other`, {
    hint: `Wait for it, or end it with: holdfast stop ${runId}`,
  })

/** Null for a lock that is gone or was cut by a crash while it was written. */
const readHolder = (file: string): LockHolder | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder
  } catch {
    return null
  }
}

const isAlive = ({ pid, startTicks }: LockHolder): boolean => isSameProcess(pid, startTicks)
