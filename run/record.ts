import { createReadStream, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { RunEvent, RunEventBody } from '../model/event.ts'
import { issuesOf, pathText } from '../model/parse.ts'
import type { Plan } from '../model/plan.ts'
import { planSchemaVersion } from '../model/plan.ts'
import { planSchema } from '../model/plan-schema.ts'
import type { RecordLine } from '../model/window.ts'
import { makeFolders } from './folders.ts'
import { LineFile } from './line-file.ts'
import { sealFollower, unseal } from './seal.ts'

/** Names of the files of a record. */
export const recordFiles = {
  plan: 'plan.json',
  events: 'events.ndjson',
  windows: 'windows.ndjson',
  /** What a Prometheus server knew of the run. */
  prometheus: 'prometheus.ndjson',
  verdict: 'verdict.json',
  charts: 'charts.json',
  k6Log: 'k6.log',
  logs: 'logs',
  /** Data and sockets of the system while it runs; gone afterwards. */
  work: 'work',
  /** Kept for the last words when the disk is full; gone afterwards. */
  reserve: 'reserve',
  /** Of a search for the capacity: a record for each rate, `01` on. */
  steps: 'steps',
} as const

/** Room for the last events of a run, given up page by page: whoever has filled the disk takes what is free. */
const pageBytes = 4_096
const reservedPages = 16

/** Creates the folder of a run, readable by its owner only, with the plan in it. */
export const createRecord = (dir: string, plan: Plan): void => {
  makeFolders(join(dir, recordFiles.logs), 0o700)
  writeFileSync(join(dir, recordFiles.plan), `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600, flush: true })
}

/**
 * The run's log and ledger: appends lines to `events.ndjson`. A line that an undo needs is on the
 * disk before `sync` returns.
 */
export class Ledger {
  #file: LineFile
  #written = 0
  #reserve: string
  #reserveBytes = reservedPages * pageBytes
  #broken = false
  onFull: (error: Error) => void = () => {}
  /** Takes secrets out of what programs and the system say. */
  redact: (text: string) => string = (text) => text

  constructor(dir: string) {
    this.#file = new LineFile(join(dir, recordFiles.events))
    this.#reserve = join(dir, recordFiles.reserve)
    // Not zeros: some file systems give those no room of their own.
    writeFileSync(this.#reserve, Buffer.alloc(this.#reserveBytes, '-'), { mode: 0o600 })
  }

  /** Appends, and gives the time that the line has; a full disk is told once through `onFull` and never stops an undo. The reserve makes room for the rest. */
  append(event: RunEventBody): number {
    const atMs = Date.now()
    try {
      this.#write(event, atMs)
    } catch (error) {
      this.#writeIntoReserve(event, atMs)
      if (this.#broken) return atMs
      this.#broken = true
      this.onFull(error as Error)
    }
    return atMs
  }

  /**
   * Appends and waits for the disk.
   * @throws when the disk refuses: then what the line announces must not be done.
   */
  sync(event: RunEventBody): void {
    this.#write(event, Date.now())
    this.#file.sync()
  }

  close(): void {
    this.#file.close()
    rmSync(this.#reserve, { force: true })
  }

  #writeIntoReserve(event: RunEventBody, atMs: number): void {
    this.#reserveBytes = Math.max(0, this.#reserveBytes - pageBytes)
    try {
      truncateSync(this.#reserve, this.#reserveBytes)
      this.#write(event, atMs)
    } catch {
      // Nothing more can be done; that the disk is full was told through onFull.
    }
  }

  #write(event: RunEventBody, atMs: number): void {
    const line: RunEvent = { atMs, ...event, seq: this.#written + 1 }
    this.#file.write(`${this.redact(JSON.stringify(line))}\n`)
    // One that the disk refused leaves no gap.
    this.#written++
  }
}

/**
 * The plan of a record.
 * @throws HoldfastError when the folder is no record, or of another schema version or shape.
 */
export const readPlan = (dir: string): Plan => {
  let plan: Plan
  try {
    plan = JSON.parse(readFileSync(join(dir, recordFiles.plan), 'utf8')) as Plan
  } catch (cause) {
    throw new HoldfastError(`${dir} is not a run record: ${recordFiles.plan} can't be read (${messageOf(cause)})`, {
      hint: '`holdfast list` shows the runs there are.',
      cause,
    })
  }
  if (plan?.schemaVersion !== planSchemaVersion) {
    throw new HoldfastError(
      `${dir}/${recordFiles.plan} has schema version ${plan?.schemaVersion}, this Holdfast reads ${planSchemaVersion}`,
      {
        hint: 'Judge it with the version of Holdfast that recorded it (see its provenance).',
      },
    )
  }
  const [issue] = issuesOf(planSchema, plan)
  if (issue === undefined) return plan
  throw new HoldfastError(`${dir}/${recordFiles.plan}: ${pathText(issue.path)}: ${issue.message}`, {
    hint: 'The file was not written by Holdfast, or was changed after the run.',
  })
}

/** Events of a record, oldest first; a last line that was cut in half is left out. */
export const readEvents = (dir: string): AsyncGenerator<RunEvent> => readLines<RunEvent>(join(dir, recordFiles.events))

/** Windows and samples of a record, in the order they were written; a cut last line is left out. */
export async function* readWindows(dir: string): AsyncGenerator<RecordLine> {
  yield* readLines<RecordLine>(join(dir, recordFiles.windows), sealFollower())
  const prometheus = join(dir, recordFiles.prometheus)
  if (existsSync(prometheus)) yield* readLines<RecordLine>(prometheus)
}

async function* readLines<T>(file: string, follow?: ReturnType<typeof sealFollower>): AsyncGenerator<T> {
  let number = 0
  let bad = ''
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      number++
      if (bad !== '')
        throw new HoldfastError(`${bad}: not a line of JSON`, { hint: 'The file was damaged after the run.' })
      if (line === '') continue
      const value = parse<T>(line)
      // Only the last line may be cut: the writer was killed in it.
      if (value === null) bad = `${file}:${number}`
      else {
        const wrong = follow?.(unseal(line)) ?? null
        if (wrong !== null)
          throw new HoldfastError(`${file}:${number}: ${wrong}`, { hint: 'The file was changed after the run.' })
        yield value
      }
    }
  }
}

/** Larger pieces become strings that V8 keeps until a full collection: 60 MB more for the record of a day. */
const pieceBytes = 1 << 16

/**
 * Lines, a piece of the file at a time. They end with a line feed only; `node:readline` also splits at
 * U+2028, which JSON allows in a string.
 */
async function* linesOf(file: string): AsyncGenerator<string[]> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: pieceBytes })) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield lines
    }
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause
    throw new HoldfastError(`${file} can't be read (${cause.message})`, {
      hint: '`holdfast list` shows the runs there are.',
      cause,
    })
  }
  if (rest !== '') yield [rest]
}

const parse = <T>(line: string): T | null => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as T) : null
  } catch {
    return null
  }
}
