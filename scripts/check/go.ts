import { join } from 'node:path'
import { runChild } from '../../bootstrap/child.js'
import { goEnv } from '../../bootstrap/go-build.js'
import { crdSuite } from './crds.ts'
import { commandSuite, projectDir, type Suite, type SuiteResult } from './suite.ts'

/** The environment and flags of the bootstrap's builds, so that Go's build cache serves both. */
const options = { cwd: join(projectDir, 'build/k6'), env: goEnv() as NodeJS.ProcessEnv }

/** A line of `go test -json` (cmd/test2json). */
interface GoEvent {
  Action: string
  Package?: string
  Test?: string
  Output?: string
}

/**
 * Counts the events of `go test -json`. A test with subtests is not counted beside them, unless it failed by
 * itself; a package that failed without a failed test (it does not compile, it panicked) counts as one failure.
 */
export const countGoTests = (output: string): SuiteResult & { failedOutput: string } => {
  const verdicts = new Map<string, string>()
  const said = new Map<string, string>()
  const loose: string[] = [] // of no package: the go command itself, and the compiler
  for (const line of output.split('\n').filter((text) => text.trim() !== '')) {
    const event = parseEvent(line)
    if (event?.Package === undefined) {
      loose.push(event === null ? line : (event.Output ?? '').trimEnd())
      continue
    }
    const key = `${event.Package} ${event.Test ?? ''}`.trim()
    if (event.Output !== undefined) said.set(key, (said.get(key) ?? '') + event.Output)
    if (['pass', 'fail', 'skip'].includes(event.Action)) verdicts.set(key, event.Action)
  }
  const isTest = (key: string) => key.includes(' ')
  const childrenOf = (key: string) =>
    [...verdicts.keys()].filter((other) => other.startsWith(isTest(key) ? `${key}/` : `${key} `))
  const counted = (action: string) =>
    [...verdicts].filter(([key, value]) => value === action && isTest(key) && childrenOf(key).length === 0).length
  const failures = [...verdicts]
    .filter(([, action]) => action === 'fail')
    .map(([key]) => key)
    .filter((key) => !childrenOf(key).some((child) => verdicts.get(child) === 'fail'))
  return {
    passed: counted('pass'),
    failed: failures.length,
    skipped: counted('skip'),
    failures,
    failedOutput: [...loose, ...failures.map((key) => said.get(key) ?? key)].join('\n'),
  }
}

export const goSuites: Suite[] = [
  commandSuite('go vet', 'go', ['go', 'vet', '-trimpath', './...'], options),
  {
    name: 'go test',
    part: 'go',
    run: async () => {
      const { code, output } = await runChild('go', ['test', '-trimpath', '-json', './...'], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const { failedOutput, ...result } = countGoTests(output)
      if (code !== 0 || result.failed > 0) console.log(failedOutput || output)
      if (code !== 0 && result.failed === 0) return broken(result, `go test ended with exit code ${code}`)
      return result.passed + result.failed === 0 ? broken(result, 'go test ran no test') : result
    },
  },
  crdSuite,
]

const broken = (result: SuiteResult, why: string): SuiteResult => ({
  ...result,
  failed: result.failed + 1,
  failures: [...result.failures, why],
})

const parseEvent = (line: string): GoEvent | null => {
  try {
    return JSON.parse(line)
  } catch {
    return null // words of the go command itself, kept as they are
  }
}
