import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where this user's locks and the safety lever are: `$XDG_STATE_HOME/holdfast`, else `~/.local/state/holdfast`. */
export const stateDir = (env: Record<string, string | undefined> = process.env): string => {
  const dir = join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'holdfast')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  return dir
}

/** The safety lever: while this file exists, nothing is injected on this machine by this user. */
export const safetyLever = (env: Record<string, string | undefined> = process.env): string =>
  env.HOLDFAST_SAFETY_LEVER || join(stateDir(env), 'no-faults')
