import type { LoadLine, RecordLine, ThresholdCount, WindowLine } from '../model/window.ts'
import { LineFile } from './line-file.ts'
import { openToAppend } from './record-files.ts'
import { recordFiles } from './record-names.ts'
import { seal } from './seal.ts'

/** Seconds that a window stays open for increments; what comes later becomes a line of its own. */
const openSeconds = 3

/**
 * Writes `windows.ndjson`. Increments of one second are merged while it is young, which makes the
 * record several times smaller; lines merge again when it is read, so late samples lose nothing.
 */
export class WindowWriter {
  #file: LineFile
  #open = new Map<number, Map<string, WindowLine | LoadLine>>()
  #broken = false
  /** Lines that the file has. */
  #written = 0
  onFull: (error: Error) => void = () => {}

  constructor(dir: string, file = new LineFile(openToAppend(dir, recordFiles.windows))) {
    this.#file = file
  }

  add(line: RecordLine): void {
    if (line.type !== 'window' && line.type !== 'load') {
      this.#write([line])
      return
    }
    const key =
      line.type === 'load' ? line.scenario : `${line.metric} ${line.scenario} ${line.name} ${line.status} ${line.ok}`
    const second = this.#open.get(line.s) ?? new Map<string, WindowLine | LoadLine>()
    this.#open.set(line.s, second)
    const known = second.get(key)
    if (known === undefined) second.set(key, line)
    else if (known.type === 'window' && line.type === 'window') mergeWindow(known, line)
    else if (known.type === 'load' && line.type === 'load') mergeLoad(known, line)
  }

  /** Writes the windows that are old enough; call it about once a second. */
  flush(nowMs: number): void {
    this.#flushBefore(Math.floor(nowMs / 1000) - openSeconds)
  }

  /** Writes everything that is still open: nothing more is to come. */
  settle(): void {
    this.#flushBefore(Number.POSITIVE_INFINITY)
  }

  /** Writes what is open and the closing line: nothing that was written may be missing before it. */
  close(): void {
    this.settle()
    this.#write([{ type: 'closed', lines: this.#written }])
    this.#file.close()
  }

  #flushBefore(limit: number): void {
    for (const [s, lines] of [...this.#open].sort(([a], [b]) => a - b)) {
      if (s >= limit) continue
      this.#open.delete(s)
      this.#write([...lines.values()])
    }
  }

  #write(lines: RecordLine[]): void {
    if (this.#broken || lines.length === 0) return
    try {
      this.#file.write(lines.map((line, at) => `${seal(JSON.stringify(line), this.#written + at + 1)}\n`).join(''))
      this.#written += lines.length
    } catch (error) {
      this.#broken = true
      this.onFull(error as Error)
    }
  }
}

/** Adds `line` to `into`; both are of the same series and second. */
export const mergeWindow = (into: WindowLine, line: WindowLine): void => {
  into.n += line.n
  into.sum = into.kind === 'gauge' ? line.sum : into.sum + line.sum
  if (into.kind === 'gauge') into.n = 1
  into.min = Math.min(into.min, line.min)
  into.max = Math.max(into.max, line.max)
  into.firstUs = Math.min(into.firstUs, line.firstUs)
  into.lastUs = Math.max(into.lastUs, line.lastUs)
  if (line.over)
    into.over = into.over ? line.over.map((count, index) => mergeCount(into.over?.[index], count)) : line.over
  if (line.hist) into.hist = into.hist ? mergeHist(into.hist, line.hist) : line.hist
}

const mergeCount = (a: ThresholdCount | undefined, b: ThresholdCount): ThresholdCount =>
  a === undefined
    ? b
    : [b[0], a[1] + b[1], earlier(a[2], b[2]), Math.max(a[3], b[3]), earlier(a[4], b[4]), Math.max(a[5], b[5])]

/** -1 stands for "there was none". */
const earlier = (a: number, b: number): number => (a === -1 ? b : b === -1 ? a : Math.min(a, b))

const mergeHist = (a: number[], b: number[]): number[] => {
  const counts = new Map<number, number>()
  for (const hist of [a, b]) {
    for (let index = 0; index < hist.length; index += 2) {
      const bucket = hist[index] ?? 0
      counts.set(bucket, (counts.get(bucket) ?? 0) + (hist[index + 1] ?? 0))
    }
  }
  return [...counts].sort(([x], [y]) => x - y).flat()
}

const mergeLoad = (into: LoadLine, line: LoadLine): void => {
  into.started += line.started
  into.completed += line.completed
  into.dropped += line.dropped
  for (const field of ['failed', 'failedAfterGood', 'durationUs'] as const) {
    if (line[field] !== undefined) into[field] = (into[field] ?? 0) + line[field]
  }
  if (line.longestUs !== undefined) into.longestUs = Math.max(into.longestUs ?? 0, line.longestUs)
}
