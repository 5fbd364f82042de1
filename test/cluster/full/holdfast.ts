import { join } from 'node:path'
import { runChild } from '../../../bootstrap/child.js'
import { projectDir } from '../binaries.ts'

/** Runs the command line as a user does. @returns its exit code, and all that it said */
export const runHoldfast = (
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> =>
  runChild(process.execPath, [join(projectDir, 'scripts/holdfast.ts'), ...args], {
    cwd: projectDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
