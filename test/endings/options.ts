import { parseArgs } from 'node:util'
import { SetupError } from '../../bootstrap/errors.js'

export const usage = `Ends runs at random moments and looks whether anything is left, and whether the record can be read.

  npm run test:chaos                               the tests of endings (vitest)
  npm run test:chaos -- --endings 100              a campaign of so many, drawn; prints its seed and a table
    --seed <n>       the same endings again; with the same file, only those that are not in it yet
    --env local      where; other environments are tested by test:containers and test:cluster
    --out <file>     one JSON line an ending; default: out/endings-<seed>.ndjson
`

export interface EndingsOptions {
  count: number
  seed: number
  out: string | undefined
}

/** @throws SetupError for what cannot be played */
export const optionsOf = (args: string[]): EndingsOptions | 'help' => {
  const { values } = parseArgs({
    args,
    options: {
      endings: { type: 'string' },
      seed: { type: 'string' },
      env: { type: 'string', default: 'local' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const count = Number(values.endings)
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 15))
  if (!Number.isSafeInteger(count) || count < 1) throw new SetupError('--endings takes a whole number', usage)
  if (!Number.isSafeInteger(seed) || seed < 0 || seed >= 2 ** 31)
    throw new SetupError('--seed takes a whole number below 2^31', usage)
  if (values.env !== 'local')
    throw new SetupError(
      `--env ${values.env}: a campaign ends local runs only`,
      'Endings in containers: `npm run test:containers`; of real pods: `npm run test:cluster`.',
    )
  return { count, seed, out: values.out }
}
