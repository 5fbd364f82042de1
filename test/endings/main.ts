import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { drawEndings, endingKinds } from './draw.ts'
import { optionsOf, usage } from './options.ts'
import { type Played, playEnding } from './play.ts'
import { endingsTable } from './tally.ts'

/** Runs wait most of the time. */
const atOnce = 2

/** `npm run test:chaos -- --endings N`; exit code 1 when something was left or could not be read. */
const main = async (): Promise<number> => {
  const options = optionsOf(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    return 0
  }
  const { seed, count } = options
  const file = resolve(options.out ?? `out/endings-${seed}.ndjson`)
  mkdirSync(dirname(file), { recursive: true })
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  const kinds = endingKinds.filter((kind) => kind !== 'full disk' || isRoot)
  if (!isRoot) console.log('left out: a full disk (only root may mount one)')
  const played = existsSync(file) ? readPlayed(file) : []
  const done = new Set(played.map(({ index }) => index))
  const queue = drawEndings(seed, count, kinds).filter(({ index }) => !done.has(index))
  console.log(`seed ${seed}: ${count} endings, ${done.size} of them from ${file}`)
  const root = mkdtempSync(join(tmpdir(), 'holdfast-endings-'))
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const one = await playEnding(root, next)
      played.push(one)
      appendFileSync(file, `${JSON.stringify(one)}\n`)
      const text = `${one.index} ${one.kind} after ${one.afterMs} ms${one.reached ? '' : ' (not reached)'}: ${one.exit}`
      console.log(one.wrong.length === 0 ? `✔ ${text}` : `✕ ${text}\n  ${one.wrong.join('\n  ')}`)
      if (one.wrong.length === 0) rmSync(join(root, String(one.index)), { recursive: true, force: true })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  console.log(`\n${endingsTable(played)}`)
  const failed = played.filter(({ wrong }) => wrong.length > 0)
  if (failed.length > 0) console.log(`\nRecords of those that failed: ${root}`)
  else rmSync(root, { recursive: true, force: true })
  return failed.length > 0 ? 1 : 0
}

const readPlayed = (file: string): Played[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Played)

process.exitCode = await main()
