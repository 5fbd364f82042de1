import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { HoldfastError } from '../model/errors.ts'
import type { Cell, Counted } from './calibrate/cells.ts'
import { allCells, cellName } from './calibrate/cells.ts'
import { judgeCell } from './calibrate/judge-cell.ts'
import type { OtherCalibration } from './calibrate/others.ts'
import { otherCalibrations } from './calibrate/others.ts'
import { brokenLines, tables } from './calibrate/tables.ts'
import { printError } from './terminal.ts'

const usage = `npm run calibrate -- [options]: how often the judge is wrong, on made records of known truth

  --of <what>     shares of bad requests (unless told), differences of latencies, edges of outages, growth of memory,
                  or lasting changes: one of shares, differences, edges, growth, lasting
  --records <n>   records a cell (1,000)
  --seed <n>      seed of the records (20260101)
  --law <name>, --scale <s>, --seconds <s>, --rate <n>, --times <n>   only such cells; each may be given more than once
  --out <file>    adds each finished cell to a file of JSON lines, and leaves out what stands in it already
  --jobs <n>      processes (one per CPU)
  --json          prints the cells instead of the tables
`

const many = { type: 'string', multiple: true } as const

/** Exit code 1 when a cell breaks the promise. */
const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      ...{ records: { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' }, jobs: { type: 'string' } },
      ...{ law: many, scale: many, seconds: many, rate: many, times: many },
      of: { type: 'string', default: 'shares' },
      ...{ json: { type: 'boolean' }, help: { type: 'boolean' }, worker: { type: 'boolean' } },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const records = count(values.records, 'records', 1000)
  const seed = count(values.seed, 'seed', 20_260_101)
  if (values.worker) {
    await work(records, seed)
    return 0
  }
  if (values.of !== 'shares') {
    process.stdout.write(`${await otherReport(values.of, records, seed)}\n`)
    return 0
  }
  const among = (given: string[] | undefined, value: string | number) => given?.includes(String(value)) ?? true
  const wanted = allCells().filter(
    ({ law, scale, seconds, perSecond, times }) =>
      among(values.law, law) &&
      among(values.scale, scale) &&
      among(values.seconds, seconds) &&
      among(values.rate, perSecond) &&
      among(values.times, times),
  )
  if (wanted.length === 0) throw new HoldfastError('no such cell', { hint: usage })
  const before = values.out && existsSync(values.out) ? parseLines(readFileSync(values.out, 'utf8')) : []
  const done = new Map(
    before.filter((cell) => cell.records === records && cell.seed === seed).map((cell) => [cellName(cell), cell]),
  )
  const open = wanted.filter((cell) => !done.has(cellName(cell)))
  process.stderr.write(
    `${wanted.length} cells, ${open.length} of them to judge, ${records} records each, seed ${seed}\n`,
  )
  await share(open, count(values.jobs, 'jobs', availableParallelism()), records, seed, (cell) => {
    done.set(cellName(cell), cell)
    if (values.out) appendFileSync(values.out, `${JSON.stringify(cell)}\n`)
  })
  const cells = wanted.flatMap((cell) => done.get(cellName(cell)) ?? [])
  process.stdout.write(values.json ? `${JSON.stringify(cells, null, 2)}\n` : `${tables(cells)}\n`)
  const failures = brokenLines(cells)
  for (const line of failures) process.stderr.write(`✗ ${line}\n`)
  return failures.length === 0 ? 0 : 1
}

const otherReport = async (of: string, records: number, seed: number): Promise<string> => {
  if (!Object.hasOwn(otherCalibrations, of))
    throw new HoldfastError(`--of ${of}: there is no such part`, {
      hint: `Parts: shares, ${Object.keys(otherCalibrations).join(', ')}.`,
    })
  return await otherCalibrations[of as OtherCalibration](records, seed)
}

const count = (given: string | undefined, name: string, otherwise: number): number => {
  const value = given === undefined ? otherwise : Number(given)
  if (!Number.isSafeInteger(value) || value < 1) throw new HoldfastError(`--${name} takes a whole number above zero`)
  return value
}

const parseLines = (text: string): Counted[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Counted)

/** Cells go to the processes one by one, as each comes free. */
const share = async (
  cells: readonly Cell[],
  jobs: number,
  records: number,
  seed: number,
  finished: (cell: Counted) => void,
): Promise<void> => {
  const queue = [...cells]
  const total = cells.length
  let ended = 0
  const one = async (): Promise<void> => {
    const child = spawn(
      process.execPath,
      [import.meta.filename, '--worker', '--records', String(records), '--seed', String(seed)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const next = (): void => {
      const cell = queue.shift()
      if (cell) child.stdin.write(`${JSON.stringify(cell)}\n`)
      else child.stdin.end()
    }
    const closed = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    next()
    for await (const line of createInterface({ input: child.stdout })) {
      const cell = JSON.parse(line) as Counted
      finished(cell)
      process.stderr.write(`${++ended}/${total} ${cellName(cell)}: ${cell.provenPass} pass, ${cell.provenFail} fail\n`)
      next()
    }
    const code = await closed
    if (code !== 0) throw new HoldfastError(`a process of the calibration ended with ${code ?? 'a signal'}`)
  }
  await Promise.all(Array.from({ length: Math.min(jobs, total) }, one))
}

/** Judges the cells that come in, one JSON line each. */
const work = async (records: number, seed: number): Promise<void> => {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await judgeCell(JSON.parse(line) as Cell, records, seed))}\n`)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = printError(error instanceof Error ? error : String(error))
}
