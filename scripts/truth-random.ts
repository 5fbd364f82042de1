import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../test/truth/random/assess.ts'
import { playLive } from '../test/truth/random/live/play.ts'
import { playMade } from '../test/truth/random/play.ts'
import { findingText, isSound, isWrong, summary, table, tallies } from '../test/truth/random/tally.ts'
import { projectDir } from './project.ts'
import { printError } from './terminal.ts'
import { type Choice, type Failures, optionsOf, usage } from './truth-random/options.ts'

/** Real runs wait most of the time: so many at once. */
const liveAtOnce = 3

/** `npm run truth:random`: prints the seed, what is wrong, and a table; exit code 1 when anything is. */
const main = async (): Promise<number> => {
  const options = optionsOf(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    return 0
  }
  const { seed, choices, minutes } = options
  console.log(`seed ${seed}: ${2 * choices.length} plants`)
  const isOver = (untilMs: number) => performance.now() > untilMs
  const untilMs = performance.now() + minutes * 60_000
  const findings: Finding[] = []
  const report = (found: Finding[]): void => {
    findings.push(...found)
    for (const finding of found.filter(isWrong)) console.log(findingText(finding, seed))
  }
  const work = async (queue: Choice[]): Promise<void> => {
    for (let next = queue.shift(); next && !isOver(untilMs); next = queue.shift()) report(await play(seed, next))
  }
  const made = choices.filter(({ tier }) => tier === 'made')
  const live = choices.filter(({ tier }) => tier === 'live')
  await work(made)
  if (live.length > 0) console.log(`made records: done. Now ${2 * live.length} real runs`)
  await Promise.all(Array.from({ length: liveAtOnce }, () => work(live)))
  if (isOver(untilMs)) console.log(`${minutes} minutes are over: ${findings.length} of ${2 * choices.length} plants`)

  const rows = tallies(findings)
  console.log(`\n${table(rows)}\n`)
  const failed = findings.filter(isWrong)
  if (failed.length > 0) console.log(`Those that failed: ${save(seed, failed)}`)
  console.log(summary(rows, seed))
  return rows.length > 0 && rows.every(isSound) ? 0 : 1
}

const play = async (seed: number, { tier, kind, index }: Choice): Promise<Finding[]> => {
  if (tier === 'made') return playMade(seed, kind, index)
  return [await playLive(seed, kind, index, 'trouble'), await playLive(seed, kind, index, 'healthy')]
}

/** For `--replay`. */
const save = (seed: number, failed: Finding[]): string => {
  const folder = join(projectDir, 'out/truth')
  const file = join(folder, `random-${seed}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ seed, failed } satisfies Failures, null, 2)}\n`)
  return file
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = printError(error instanceof Error ? error : String(error))
}
