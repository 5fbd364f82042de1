import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { HoldfastError } from '../model/errors.ts'
import { didYouMean } from '../model/parse.ts'
import type { Finding } from '../test/truth/random/assess.ts'
import { type MadeKindName, madeKinds } from '../test/truth/random/kinds/index.ts'
import { playMade } from '../test/truth/random/play.ts'
import { findingText, isSound, isWrong, summary, table, tallies } from '../test/truth/random/tally.ts'
import { projectDir } from './project.ts'
import { printError } from './terminal.ts'

const usage = `Plants troubles with parameters drawn from a seed, judges them, and compares the verdicts with what was planted.

  npm run truth:random                          500 plants, from a new seed
  npm run truth:random -- --seed 7              the same plants again
  npm run truth:random -- --plants 2000         so many of them, spread over the kinds
  npm run truth:random -- --minutes 5           and no longer than this
  npm run truth:random -- --kind partial        only of this kind (may be repeated)
  npm run truth:random -- --seed 7 --kind partial --index 3    one of them
  npm run truth:random -- --replay <file>       those that failed before, from the file that was written then

Exit code 1 on any false pass, false fail or wrong figure.
`

/** One plant of one kind. */
interface Choice {
  kind: MadeKindName
  index: number
}

interface Options {
  seed: number
  choices: Choice[]
  minutes: number
}

const names = Object.keys(madeKinds) as MadeKindName[]

/** @throws HoldfastError for an unknown option, kind or number. */
const optionsOf = (args: string[]): Options | 'help' => {
  const { values } = parse(args)
  if (values.help) return 'help'
  if (values.replay !== undefined) return { minutes: Number.POSITIVE_INFINITY, ...replayed(values.replay) }
  const kinds = values.kind ?? names
  for (const kind of kinds)
    if (!(names as string[]).includes(kind))
      throw new HoldfastError(`--kind: there is no kind "${kind}"`, { hint: didYouMean(kind, names) })
  const whole = (name: string, text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
      throw new HoldfastError(`--${name}: ${text} is not a whole number`)
    return value
  }
  const seed = values.seed === undefined ? randomInt(1, 1_000_000) : whole('seed', values.seed)
  const minutes = whole('minutes', values.minutes)
  if (values.index !== undefined) {
    const index = whole('index', values.index)
    return { seed, minutes, choices: kinds.map((kind) => ({ kind: kind as MadeKindName, index })) }
  }
  // A plant is judged twice, with and without its trouble.
  const each = Math.ceil(whole('plants', values.plants) / 2 / kinds.length)
  const choices = Array.from({ length: each }, (_, index) =>
    kinds.map((kind) => ({ kind: kind as MadeKindName, index })),
  )
  return { seed, minutes, choices: choices.flat() }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: 'string' },
        plants: { type: 'string', default: '500' },
        minutes: { type: 'string', default: '30' },
        kind: { type: 'string', multiple: true },
        index: { type: 'string' },
        replay: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new HoldfastError((error as Error).message, { hint: 'See `npm run truth:random -- --help`.' })
  }
}

/** What a replay needs of those that failed: the file holds whole findings, for people. */
interface Failures {
  seed: number
  failed: Finding[]
}

const replayed = (file: string): Pick<Options, 'seed' | 'choices'> => {
  const { seed, failed } = JSON.parse(readFileSync(file, 'utf8')) as Failures
  const keys = new Set(failed.map(({ kind, index }) => `${kind} ${index}`))
  return {
    seed,
    choices: [...keys].map((key) => ({ kind: key.split(' ')[0] as MadeKindName, index: Number(key.split(' ')[1]) })),
  }
}

const main = async (): Promise<number> => {
  const options = optionsOf(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    return 0
  }
  const { seed, choices, minutes } = options
  console.log(`seed ${seed}: ${2 * choices.length} plants of ${new Set(choices.map(({ kind }) => kind)).size} kinds`)
  const until = performance.now() + minutes * 60_000
  const findings: Finding[] = []
  for (const [at, { kind, index }] of choices.entries()) {
    if (performance.now() > until) {
      console.log(`${minutes} minutes are over after ${2 * at} of ${2 * choices.length} plants`)
      break
    }
    const found = await playMade(seed, kind, index)
    findings.push(...found)
    for (const finding of found.filter(isWrong)) console.log(findingText(finding, seed))
  }
  const rows = tallies(findings)
  console.log(`\n${table(rows)}\n`)
  const failed = findings.filter(isWrong)
  if (failed.length > 0) {
    const file = join(projectDir, 'out/truth', `random-${seed}.json`)
    mkdirSync(join(projectDir, 'out/truth'), { recursive: true })
    writeFileSync(file, `${JSON.stringify({ seed, failed } satisfies Failures, null, 2)}\n`)
    console.log(`Those that failed: ${file}`)
  }
  console.log(summary(rows, seed))
  return rows.length > 0 && rows.every(isSound) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = printError(error instanceof Error ? error : String(error))
}
