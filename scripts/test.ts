import { parseArgs } from 'node:util'
import { SetupError } from '../bootstrap/errors.js'
import { checks } from './check/checks.ts'
import { goSuites } from './check/go.ts'
import { heavyParts, type Part, parts, type Suite, type SuiteResult } from './check/suite.ts'
import { vitestSuites } from './check/vitest.ts'

const usage = `Runs every check and every test; the last line counts them.

  npm test                        everything but what has a command of its own
  npm test -- --only <part>       only these parts (may be repeated): ${[...parts, ...heavyParts].join(', ')}
${heavyParts.map((part) => `  npm run test:${part}`).join('\n')}
`

/** @throws SetupError for an unknown option or part. */
const chosenParts = (args: string[]): readonly Part[] | 'help' => {
  const options = { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } } as const
  let values: { only?: string[]; help?: boolean }
  try {
    values = parseArgs({ args, options }).values
  } catch (error) {
    throw new SetupError((error as Error).message, 'See `npm test -- --help`.')
  }
  if (values.help) return 'help'
  const names = values.only?.flatMap((value) => value.split(',')) ?? [...parts]
  const all: readonly string[] = [...parts, ...heavyParts]
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined)
    throw new SetupError(`--only ${unknown}: there is no such part`, `Parts: ${all.join(', ')}.`)
  return names as Part[]
}

const runSuite = async (suite: Suite): Promise<SuiteResult> => {
  const startedAt = performance.now()
  console.log(`· ${suite.name}`)
  const result = await suite.run()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${result.failed > 0 ? '✕' : '✔'} ${suite.name}: ${countsText(result)} (${seconds} s)`)
  return result
}

const countsText = ({ passed, failed, skipped }: Omit<SuiteResult, 'failures'>): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

const main = async (): Promise<number> => {
  const chosen = chosenParts(process.argv.slice(2))
  if (chosen === 'help') {
    console.log(usage)
    return 0
  }
  const total: SuiteResult = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for (const suite of [...checks, ...goSuites, ...vitestSuites].filter(({ part }) => chosen.includes(part))) {
    const result = await runSuite(suite)
    total.passed += result.passed
    total.failed += result.failed
    total.skipped += result.skipped
    total.failures.push(...result.failures)
  }
  if (total.failures.length > 0) console.log(['\nFailed:', ...total.failures].join('\n  ✕ '))
  console.log(countsText(total))
  return total.failed > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(`✕ ${error.message}${error.hint === '' ? '' : `\n  ${error.hint}`}`)
  process.exitCode = error.exitCode
}
