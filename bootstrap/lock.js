import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SetupError, say } from './errors.js'

const pollMs = 200
const maxWaitMs = 20 * 60_000

/**
 * Runs `work` while no other set-up of this checkout runs; waits for one that does. The lock is a file
 * that names its owner, so that one left behind by a killed process is recognised.
 */
export const withLock = async (projectDir, work) => {
  mkdirSync(join(projectDir, '.tools'), { recursive: true })
  const lockFile = join(projectDir, '.tools/setup.lock')
  const deadline = Date.now() + maxWaitMs
  let announced = null
  while (!tryLock(lockFile)) {
    const owner = readOwner(lockFile)
    if (owner === null) continue // released between the two calls
    if (!isAlive(owner)) {
      removeStale(lockFile, owner)
      continue
    }
    if (announced !== owner) say(`· waiting for another set-up of this checkout (process ${owner.split(' ')[0]})`)
    announced = owner
    if (Date.now() > deadline) {
      throw new SetupError(
        'another set-up of this checkout has not ended in 20 minutes',
        `Look at process ${owner.split(' ')[0]}; if it hangs, end it.`,
      )
    }
    await wait(pollMs)
  }
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

/** A link appears with its content or not at all, unlike a file that is created and then written. */
const tryLock = (lockFile) => {
  const mine = `${lockFile}.${process.pid}`
  writeFileSync(mine, `${process.pid} ${startTime(process.pid) ?? ''}`)
  try {
    linkSync(mine, lockFile)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(mine, { force: true })
  }
}

const readOwner = (lockFile) => {
  try {
    return readFileSync(lockFile, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

/** A later process may have got the same pid: where the system tells start times, they must agree. */
const isAlive = (owner) => {
  const [pid, started] = owner.split(' ')
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if (error.code === 'ESRCH') return false
    if (error.code !== 'EPERM') throw error // EPERM: alive, another user's
  }
  return started === '' || startTime(pid) === started
}

/** Moves the dead owner's lock away; puts it back when it was no longer the dead owner's. */
const removeStale = (lockFile, owner) => {
  const aside = `${lockFile}.stale.${process.pid}`
  try {
    renameSync(lockFile, aside)
    if (readFileSync(aside, 'utf8') !== owner) linkSync(aside, lockFile)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error // another waiter was faster
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Start of a process in clock ticks since boot, or null where /proc does not tell. */
const startTime = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19]
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null
    throw error
  }
}
