import { homedir } from 'node:os'
import { join } from 'node:path'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { makeFolders } from './folders.ts'

export const stateDirHint = 'Set XDG_STATE_HOME to a folder that you may write to.'

/**
 * Where this user's locks and the safety lever are: `$XDG_STATE_HOME/holdfast`, else `~/.local/state/holdfast`.
 * @throws HoldfastError when there can't be such a folder.
 */
export const stateDir = (env: Record<string, string | undefined> = process.env): string => {
  const dir = join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'holdfast')
  try {
    makeFolders(dir, 0o700)
  } catch (cause) {
    throw new HoldfastError(`the folder of locks ${dir} can't be made: ${messageOf(cause)}`, {
      hint: stateDirHint,
      cause,
    })
  }
  return dir
}

/** The safety lever: while this file exists, nothing is injected on this machine by this user. */
export const safetyLever = (env: Record<string, string | undefined> = process.env): string =>
  env.HOLDFAST_SAFETY_LEVER || join(stateDir(env), 'no-faults')
