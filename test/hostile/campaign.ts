import { parseArgs } from 'node:util'
import { playAll } from './play.ts'
import { tricks } from './tricks.ts'

const usage = `Runs every command that takes a record on hostile records, and looks whether one got out of its record.

  npm run test:hostile -- --records 10000          so many drawn records, after each known trick
  npm run test:hostile -- --records 1 --seed 4711  the record of one seed again
`

/** Seeds are numbered from the first: any finding is repeated by its own. */
const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { records: { type: 'string', default: '1000' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  })
  const count = Number(values.records)
  const first = Number(values.seed ?? Math.floor(Math.random() * 1e9))
  if (values.help || !Number.isSafeInteger(count) || !Number.isSafeInteger(first)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  console.log(`seeds ${first} to ${first + count - 1}`)
  const seeds = Array.from({ length: count }, (_, at) => String(first + at))
  let played = 0
  let found = 0
  await playAll(
    [...(values.seed === undefined || count > 1 ? Object.keys(tricks) : []), ...seeds],
    ({ job, wrong }) => {
      played++
      if (wrong.length > 0) console.log(`✕ ${job}\n  ${wrong.join('\n  ')}`)
      found += wrong.length > 0 ? 1 : 0
      if (played % 500 === 0) console.log(`${played} records, ${found} with findings`)
    },
  )
  console.log(`${played} hostile records (${played - count} by hand, ${count} drawn), ${found} with findings`)
  return found > 0 ? 1 : 0
}

process.exitCode = await main()
