import { closeSync, createReadStream, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { mostInEvent, tooLarge, tooLargeText } from '../model/bounds.ts'
import { HoldfastError } from '../model/errors.ts'
import type { RunEvent, RunEventBody } from '../model/event.ts'
import { wrongInEvent } from '../model/event-schema.ts'
import { firstIssue, pathText, shown } from '../model/parse.ts'
import type { Plan } from '../model/plan.ts'
import { planSchemaVersion } from '../model/plan.ts'
import { planSchema } from '../model/plan-schema.ts'
import type { RecordLine } from '../model/window.ts'
import { makeFolders } from './folders.ts'
import { LineFile } from './line-file.ts'
import {
  isInRecord,
  makeInRecord,
  openToAppend,
  openToOverwrite,
  openToRead,
  readRecordJson,
  removeFromRecord,
  writeRecordFile,
} from './record-files.ts'
import { refused } from './record-folder.ts'
import { recordFiles } from './record-names.ts'
import { sealFollower, unseal } from './seal.ts'

export { recordFiles } from './record-names.ts'

/** Room for the last events of a run, given up page by page: whoever has filled the disk takes what is free. */
const pageBytes = 4_096
const reservedPages = 16

/** Creates the folder of a run, readable by its owner only, with the plan in it. */
export const createRecord = (dir: string, plan: Plan): void => {
  makeFolders(dir, 0o700)
  makeInRecord(dir, recordFiles.logs)
  writeRecordFile(dir, recordFiles.plan, `${JSON.stringify(plan, null, 2)}\n`, { flush: true })
}

/**
 * The run's log and ledger: appends lines to `events.ndjson`. A line that an undo needs is on the
 * disk before `sync` returns.
 */
export class Ledger {
  #file: LineFile
  #written = 0
  #dir: string
  #reserve: number | null
  #reserveBytes = reservedPages * pageBytes
  #broken = false
  onFull: (error: Error) => void = () => {}
  /** Takes secrets out of what programs and the system say. */
  redact: (text: string) => string = (text) => text

  constructor(dir: string) {
    this.#dir = dir
    this.#file = new LineFile(openToAppend(dir, recordFiles.events))
    this.#reserve = openToOverwrite(dir, recordFiles.reserve)
    // Not zeros: some file systems give those no room of their own.
    writeSync(this.#reserve, Buffer.alloc(this.#reserveBytes, '-'))
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
    if (this.#reserve !== null) closeSync(this.#reserve)
    this.#reserve = null
    removeFromRecord(this.#dir, recordFiles.reserve)
  }

  #writeIntoReserve(event: RunEventBody, atMs: number): void {
    this.#reserveBytes = Math.max(0, this.#reserveBytes - pageBytes)
    try {
      if (this.#reserve !== null) ftruncateSync(this.#reserve, this.#reserveBytes)
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
  if (!isInRecord(dir, recordFiles.plan))
    throw new HoldfastError(`${dir} is not a run record: it has no ${recordFiles.plan}`, {
      hint: '`holdfast list` shows the runs there are.',
    })
  const plan = readRecordJson(dir, recordFiles.plan) as Plan
  if (plan?.schemaVersion !== planSchemaVersion) {
    throw new HoldfastError(
      `${dir}/${recordFiles.plan} has schema version ${shown(plan?.schemaVersion)}, this Holdfast reads ${planSchemaVersion}`,
      {
        hint: 'Judge it with the version of Holdfast that recorded it (see its provenance).',
      },
    )
  }
  const issue = firstIssue(planSchema, plan)
  if (issue === null) return plan
  throw new HoldfastError(`${dir}/${recordFiles.plan}: ${pathText(issue.path)}: ${issue.message}`, {
    hint: 'The file was not written by Holdfast, or was changed after the run.',
  })
}

/** Events of a record, oldest first; a last line that was cut in half is left out. */
export async function* readEvents(dir: string): AsyncGenerator<RunEvent> {
  let number = 0
  for await (const event of readLines<RunEvent>(dir, recordFiles.events)) {
    number++
    const wrong = wrongInEvent(event)
    const found = wrong === null ? tooLarge(event, mostInEvent) : `${pathText(wrong.path)}: ${wrong.message}`
    if (found === null) yield event
    else
      throw new HoldfastError(`${join(dir, recordFiles.events)}: event ${number}: ${found}`, {
        hint: 'The file was not written by Holdfast, or was changed after the run.',
      })
  }
}

/**
 * Seconds of load that the samples of a record can fill: every second has a line of the virtual users, which takes 40
 * bytes and more. A plan may be a week long in a few bytes, and memory goes by its seconds.
 */
export const mostSecondsIn = (dir: string): number => {
  const file = openToRead(dir, recordFiles.windows)
  try {
    return leastSeconds + Math.ceil(fstatSync(file).size / 40)
  } finally {
    closeSync(file)
  }
}
const leastSeconds = 900

/** Windows and samples of a record, in the order they were written; a cut last line is left out. */
export async function* readWindows(dir: string): AsyncGenerator<RecordLine> {
  yield* readLines<RecordLine>(dir, recordFiles.windows, sealFollower())
  if (isInRecord(dir, recordFiles.prometheus)) yield* readLines<RecordLine>(dir, recordFiles.prometheus)
}

async function* readLines<T>(dir: string, name: string, follow?: ReturnType<typeof sealFollower>): AsyncGenerator<T> {
  const file = join(dir, name)
  let number = 0
  let bad = ''
  for await (const lines of linesOf(dir, name)) {
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

/** Longer ones are looked at before they are parsed: there is time for that, as they are few. */
const longLine = 1 << 16
/** No line that a run writes is as long: 500,000 lost writes, each with its own range, are 8 MB. */
const longestLine = 16 << 20
/** Larger pieces become strings that V8 keeps until a full collection: 60 MB more for the record of a day. */
const pieceBytes = 1 << 16

/**
 * Lines, a piece of the file at a time. They end with a line feed only; `node:readline` also splits at
 * U+2028, which JSON allows in a string.
 */
async function* linesOf(dir: string, name: string): AsyncGenerator<string[]> {
  const path = join(dir, name)
  const fd = openToRead(dir, name)
  // Pieces of the line that is not yet whole.
  let rest: string[] = []
  let length = 0
  try {
    for await (const chunk of createReadStream(path, { fd, encoding: 'utf8', highWaterMark: pieceBytes })) {
      const lines = (chunk as string).split('\n')
      const last = lines.pop() ?? ''
      if (lines.length > 0) {
        lines[0] = rest.join('') + lines[0]
        yield lines
        rest = []
        length = 0
      }
      rest.push(last)
      length += last.length
      if (length > longestLine) throw refused(path, `has a line of more than ${longestLine >> 20} MiB`)
    }
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause
    throw new HoldfastError(`${path} can't be read (${cause.message})`, { cause })
  }
  if (length > 0) yield [rest.join('')]
}

const parse = <T>(line: string): T | null => {
  if (line.length > longLine && tooLargeText(line, mostInEvent) !== null) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as T) : null
  } catch {
    return null
  }
}
