import { resolve } from 'node:path'
import { runChild } from '../../bootstrap/child.js'

/** What one suite found. `failures` says what failed, one entry each; they are listed again at the end. */
export interface SuiteResult {
  passed: number
  failed: number
  skipped: number
  failures: string[]
}

/** The parts of `npm test`; `--only` takes these names. */
export const parts = ['check', 'go', 'unit', 'integration', 'truth'] as const
/** Vitest projects that need more of a machine or of time: each has a command of its own, `npm run test:<name>`. */
export const heavyParts = ['cluster', 'containers'] as const
export type Part = (typeof parts)[number] | (typeof heavyParts)[number]

/** Of its own, so that a defect in the product cannot keep its tests from starting. */
export const projectDir = resolve(import.meta.dirname, '../..')

export interface Suite {
  name: string
  part: Part
  /** Prints what it finds as it goes; the counts are printed by the caller. */
  run: () => Promise<SuiteResult>
}

/** Runs one command; exit code 0 is one passed check, everything else one failed with the command's own words. */
export const commandSuite = (
  name: string,
  part: Part,
  [command = '', ...args]: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Suite => ({
  name,
  part,
  run: async () => {
    const { code, output } = await runChild(command, args, {
      cwd: projectDir,
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return checkResult(name, code === 0 ? [] : [output.trim() || `${command} ended with exit code ${code}`])
  },
})

/** One check: passed when there are no problems. */
export const checkResult = (name: string, problems: string[]): SuiteResult => {
  for (const problem of problems) console.log(problem)
  const failed = problems.length > 0 ? 1 : 0
  return { passed: 1 - failed, failed, skipped: 0, failures: failed > 0 ? [name] : [] }
}
