import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from '../../bootstrap/child.js'
import { heavyParts, type Part, projectDir, type Suite, type SuiteResult } from './suite.ts'

/** The parts of vitest's JSON report that we read. */
export interface VitestReport {
  numPassedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    assertionResults: { fullName: string; status: string }[]
  }[]
}

/**
 * Counts a report. A file that failed without a failed test (it did not load) counts as one failure, and so
 * does an exit code that no test explains (an error outside of any test), and a project that ran nothing.
 */
export const countVitest = (project: string, report: VitestReport | null, exitCode: number | null): SuiteResult => {
  if (report === null) return failedOnce(`${project}: vitest ended with exit code ${exitCode} and wrote no report`)
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((assertion) => assertion.status === 'failed')
    if (failed.length > 0) return failed.map(({ fullName }) => `${shorten(name)}: ${fullName}`)
    return status === 'failed' ? [`${shorten(name)}: did not load`] : []
  })
  const passed = report.numPassedTests
  if (passed + failures.length === 0) failures.push(`${project}: ran no test`)
  else if (failures.length === 0 && exitCode !== 0) failures.push(`${project}: an error outside of any test`)
  return { passed, failed: failures.length, skipped: report.numPendingTests + report.numTodoTests, failures }
}

/** One vitest project; its own reporter prints as it goes. */
const vitestSuite = (project: Part, reporter: 'dot' | 'default'): Suite => ({
  name: `${project} tests`,
  part: project,
  run: async () => {
    const reportFile = join(projectDir, 'out/test', `${project}.json`)
    mkdirSync(join(projectDir, 'out/test'), { recursive: true })
    rmSync(reportFile, { force: true })
    const vitest = join(projectDir, 'node_modules/vitest/vitest.mjs')
    const { code } = await runChild(
      process.execPath,
      [vitest, 'run', '--project', project, `--reporter=${reporter}`, '--reporter=json', `--outputFile=${reportFile}`],
      { cwd: projectDir, env: vitestEnv(), stdio: ['ignore', 'inherit', 'inherit'] },
    )
    return countVitest(project, readReport(reportFile), code)
  },
})

export const vitestSuites: Suite[] = [
  vitestSuite('unit', 'dot'),
  vitestSuite('integration', 'default'),
  vitestSuite('truth', 'default'),
  ...heavyParts.map((part) => vitestSuite(part, 'default')),
]

/** vitest colours what it writes into a CI log, too, unless it is told not to. */
const vitestEnv = (): NodeJS.ProcessEnv =>
  process.stdout.isTTY || process.env.FORCE_COLOR ? process.env : { ...process.env, NO_COLOR: '1' }

const readReport = (file: string): VitestReport | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const failedOnce = (why: string): SuiteResult => ({ passed: 0, failed: 1, skipped: 0, failures: [why] })

const shorten = (path: string): string => path.replace(`${projectDir}/`, '')
