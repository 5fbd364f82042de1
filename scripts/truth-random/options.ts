import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { HoldfastError } from '../../model/errors.ts'
import { didYouMean } from '../../model/parse.ts'
import { type MadeKindName, madeKinds } from '../../test/truth/random/kinds/index.ts'
import { type LiveKindName, liveKinds } from '../../test/truth/random/live/kinds.ts'

export const usage = `Plants troubles with parameters drawn from a seed, judges them, and compares the verdicts with what was planted.

  npm run truth:random                          500 made records and 28 real runs, from a new seed
  npm run truth:random -- --seed 7              the same plants again
  npm run truth:random -- --plants 2000         so many made records, spread over the kinds
  npm run truth:random -- --live 100            so many real runs, of about 20 s each, three at a time
  npm run truth:random -- --minutes 5           begin no further plant after so long (30 unless told)
  npm run truth:random -- --kind partial        only of this kind (may be repeated)
  npm run truth:random -- --seed 7 --kind partial --index 3    one of them
  npm run truth:random -- --replay <file>       those that failed before, from the file that was written then

Exit code 1 on any false pass, false fail or wrong figure.
`

/** One plant, which is judged twice: with its trouble and without. */
export type Choice =
  | { tier: 'made'; kind: MadeKindName; index: number }
  | { tier: 'live'; kind: LiveKindName; index: number }

export interface Options {
  seed: number
  choices: Choice[]
  minutes: number
}

/** What a replay needs; the file that holds it has whole findings, for people. */
export interface Failures {
  seed: number
  failed: { kind: string; index: number }[]
}

const madeNames = Object.keys(madeKinds) as MadeKindName[]
const liveNames = Object.keys(liveKinds) as LiveKindName[]

/** @throws HoldfastError for an unknown option, kind or number. */
export const optionsOf = (args: string[]): Options | 'help' => {
  const values = parse(args)
  if (values.help) return 'help'
  const minutes = whole('minutes', values.minutes)
  if (values.replay !== undefined) {
    const { seed, failed } = JSON.parse(readFileSync(values.replay, 'utf8')) as Failures
    const keys = new Set(failed.map(({ kind, index }) => `${kind} ${index}`))
    const choices = [...keys].map((key) => key.split(' ')).map(([kind = '', index]) => choice(kind, Number(index)))
    return { minutes, seed, choices }
  }
  const seed = values.seed === undefined ? randomInt(1, 1_000_000) : whole('seed', values.seed)
  if (values.index !== undefined) {
    const index = whole('index', values.index)
    return { seed, minutes, choices: (values.kind ?? [...madeNames, ...liveNames]).map((kind) => choice(kind, index)) }
  }
  const chosen = (values.kind ?? [...madeNames, ...liveNames]).map((kind) => choice(kind, 0))
  const spread = (tier: Choice['tier'], plants: number): Choice[] => {
    const kinds = chosen.filter((one) => one.tier === tier)
    const each = kinds.length === 0 ? 0 : Math.ceil(plants / 2 / kinds.length)
    return Array.from({ length: each }, (_, index) => kinds.map((one) => ({ ...one, index }))).flat()
  }
  const [plants, live] = [whole('plants', values.plants), whole('live', values.live)]
  return { seed, minutes, choices: [...spread('made', plants), ...spread('live', live)] }
}

const choice = (kind: string, index: number): Choice => {
  if (kind in madeKinds) return { tier: 'made', kind: kind as MadeKindName, index }
  if (kind in liveKinds) return { tier: 'live', kind: kind as LiveKindName, index }
  throw new HoldfastError(`there is no kind "${kind}"`, { hint: didYouMean(kind, [...madeNames, ...liveNames]) })
}

const whole = (name: string, text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new HoldfastError(`--${name}: ${text} is not a whole number`)
  return value
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: 'string' },
        plants: { type: 'string', default: '500' },
        live: { type: 'string', default: '28' },
        minutes: { type: 'string', default: '30' },
        kind: { type: 'string', multiple: true },
        index: { type: 'string' },
        replay: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new HoldfastError((error as Error).message, { hint: 'See `npm run truth:random -- --help`.' })
  }
}
