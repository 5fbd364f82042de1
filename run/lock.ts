import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootId, isSameProcess, processStat } from '../chaos/drivers/proc.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { makeFolders } from './folders.ts'
import { stateDirHint } from './state-dir.ts'

/** Who holds a lock. */
export interface LockHolder {
  runId: string
  recordDir: string
  pid: number
  startTicks: number
  bootId: string
}

/** A lock that is held. */
export interface Lock {
  file: string
  giveBack: () => void
}

/**
 * Takes the lock of a system in an environment: one run at a time, so that two game days never
 * overlap unknowingly. A lock whose process has ended (a crash, a reboot) counts as free.
 * @throws HoldfastError naming the run that holds it, or when no lock can be made.
 */
export const takeLock = (dir: string, name: string, run: { runId: string; recordDir: string }): Lock => {
  const file = lockFile(dir, name)
  const mine = join(dir, `.${process.pid}-${run.runId}`)
  const { pid } = process
  const holder: LockHolder = { ...run, pid, startTicks: processStat(pid)?.startTicks ?? 0, bootId: bootId() }
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
  return { file, giveBack: () => rmSync(file, { force: true }) }
}

/** The dead run that left this lock behind; null when the lock is free or held. */
export const staleHolder = (dir: string, name: string): LockHolder | null => {
  const holder = readHolder(lockFile(dir, name))
  return holder === null || isAlive(holder) ? null : holder
}

/** Removes the lock that a dead run left behind, and no other. */
export const dropLockOf = (recordDir: string, file: string): void => {
  const holder = readHolder(file)
  if (holder?.recordDir === recordDir && !isAlive(holder)) rmSync(file, { force: true })
}

/** The same, whichever of the locks it is. */
export const dropLocksOf = (recordDir: string, dir: string): void => {
  for (const file of lockFiles(dir)) dropLockOf(recordDir, file)
}

/**
 * The runs that hold a lock now; none where there is no such folder.
 * @throws HoldfastError when it can't be read.
 */
export const lockHolders = (dir: string): LockHolder[] =>
  lockFiles(dir)
    .map(readHolder)
    .filter((holder) => holder !== null)
    .filter(isAlive)

const lockFile = (dir: string, name: string): string => join(dir, `${name.replaceAll(/[^a-zA-Z0-9.-]+/g, '-')}.lock`)

const lockFiles = (dir: string): string[] => {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.lock'))
      .map((name) => join(dir, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw impossible(`the locks in ${dir} can't be read`, error)
  }
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

const isAlive = (holder: LockHolder): boolean =>
  holder.bootId === bootId() && isSameProcess(holder.pid, holder.startTicks)
