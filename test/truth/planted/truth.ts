import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Verdict } from '../../../model/verdict.ts'
import { recordFiles } from '../../../run/record.ts'
import { plural } from '../../../verdict/format.ts'
import type { TruthLine, WitnessLine } from './plants.ts'
import { truthFile } from './system.ts'

/** One request as it really was. */
export interface TrueRequest {
  n: number
  /** Unix ms at which the client sent it; between its neighbours' where the server never saw it. */
  sentMs: number
  /** Null: never answered, or never seen. */
  answer: TruthLine | null
}

/** A time of trouble without a good request in between; Unix ms at which its first and last request were sent. */
export interface TrueOutage {
  firstMs: number
  lastMs: number
  /** Its first and its last request. */
  firstN: number
  lastN: number
  requests: number
}

/** In a container it has no file of its own: its log is that of the container. */
const logOf = (recordDir: string, instance: string): string => {
  const file = join(recordDir, truthFile(instance))
  return existsSync(file) ? file : join(recordDir, recordFiles.logs, `${instance}.log`)
}

const lines = <T>(recordDir: string, instance: string): T[] =>
  readFileSync(logOf(recordDir, instance), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

/** What the server logged of one path, in the order of the requests' numbers. */
export const truthOf = (recordDir: string, path: string, instance = 'server'): TruthLine[] =>
  lines<TruthLine>(recordDir, instance)
    .filter((line) => line.path === path)
    .sort((a, b) => a.n - b.n)

/** How long the client waited for each request of a path, in ms: what the server cannot see. */
export const waitedOf = (recordDir: string, path: string): Map<number, number> =>
  new Map(
    lines<WitnessLine>(recordDir, 'server')
      .filter(({ witness }) => witness === path)
      .map(({ n, waitedMs }) => [n, waitedMs]),
  )

/** Unix ms at which an instance stopped and began to listen. */
export const refusals = (recordDir: string, instance: string): { refuses: boolean; atMs: number }[] =>
  lines<{ refuses?: boolean; atUs: number }>(recordDir, instance).flatMap(({ refuses, atUs }) =>
    refuses === undefined ? [] : [{ refuses, atMs: atUs / 1000 }],
  )

/** Every request from 0 to the last that the server saw. Arrivals are even, so a gap has known times. */
export const allRequests = (truth: TruthLine[]): TrueRequest[] => {
  const seen = new Map(truth.map((line) => [line.n, line]))
  const last = truth.at(-1)?.n ?? -1
  return Array.from({ length: last + 1 }, (_, n): TrueRequest => {
    const line = seen.get(n)
    if (line) return { n, sentMs: line.sentMs, answer: line.status === 0 ? null : line }
    const before = truth.findLast((other) => other.n < n)
    const after = truth.find((other) => other.n > n)
    if (!before || !after) throw new Error(`request ${n} lies outside of what the server saw`)
    const share = (n - before.n) / (after.n - before.n)
    return { n, sentMs: before.sentMs + share * (after.sentMs - before.sentMs), answer: null }
  })
}

/** Unix ms from which on the judge of a run without faults counts requests: whole seconds after the warm-up. */
export const countsFromMs = ({ startedAtMs, phases }: Verdict): number =>
  Math.ceil((startedAtMs + (phases.find(({ phase }) => phase === 'steady')?.startMs ?? Number.NaN)) / 1000) * 1000

/** Milliseconds that the server took for an answer, from its own clock. */
export const servedMs = ({ arrivedUs, answeredUs }: TruthLine): number => (answeredUs - arrivedUs) / 1000

/** Bad for the user: no answer, an error, or an answer `thresholdMs` or more after the request was sent. */
export const isBad =
  (thresholdMs: number) =>
  ({ sentMs, answer }: TrueRequest): boolean =>
    answer === null || answer.status !== 200 || answer.answeredUs / 1000 - sentMs >= thresholdMs

/**
 * Unix ms at which an answer had reached its client at the latest, which the server can't see: when the client's next
 * request arrived, for then both the client and the way to the server were at work.
 * @param all every request of the path
 */
export const seenByMs = (all: TrueRequest[], n: number, answeredUs: number): number => {
  const next = all.find((other) => other.n > n && other.sentMs >= answeredUs / 1000)
  return next?.answer ? next.answer.arrivedUs / 1000 : (next?.sentMs ?? answeredUs / 1000)
}

/** Bad for the client, or perhaps so. */
export const mayBeBad =
  (all: TrueRequest[], thresholdMs: number) =>
  (request: TrueRequest): boolean =>
    isBad(thresholdMs)(request) ||
    request.answer === null ||
    seenByMs(all, request.n, request.answer.answeredUs) - request.sentMs >= thresholdMs

/** The longest row of bad requests among those sent in a span; single stray ones are none. */
export const longestOutage = (
  requests: TrueRequest[],
  bad: (request: TrueRequest) => boolean,
  span: { fromMs: number; toMs: number },
): TrueOutage => {
  let best: TrueRequest[] = []
  let row: TrueRequest[] = []
  for (const request of requests.filter(({ sentMs }) => sentMs >= span.fromMs && sentMs < span.toMs)) {
    row = bad(request) ? [...row, request] : []
    if (row.length > best.length) best = row
  }
  const [first] = best
  const last = best.at(-1)
  if (!first || !last) throw new Error('the server knows of no outage in this span')
  return { firstMs: first.sentMs, lastMs: last.sentMs, firstN: first.n, lastN: last.n, requests: best.length }
}

/** So many bad requests may make an outage of their own for the judge, who allows 5 % of at least 20. */
const fewestOfAnOutage = 5

/**
 * What a stall of the machine did beside an outage, in words: bad requests in a second that the outage touches, which
 * move its edges for the judge, or so many that they are another one. Undefined where the log has no such thing.
 * @param edgeMs so near to an edge they do not matter
 */
export const besideOutage = (
  requests: TrueRequest[],
  thresholdMs: number,
  { firstMs, lastMs }: TrueOutage,
  span: { fromMs: number; toMs: number; edgeMs: number },
): string | undefined => {
  const apartMs = ({ sentMs }: TrueRequest) => Math.max(firstMs - sentMs, sentMs - lastMs)
  const beside = requests
    .filter(({ sentMs }) => sentMs >= span.fromMs && sentMs < span.toMs)
    .filter((request) => apartMs(request) > span.edgeMs)
    .filter(mayBeBad(requests, thresholdMs))
  const [first] = beside
  if (!first || (beside.length < fewestOfAnOutage && beside.every((request) => apartMs(request) > 1000)))
    return undefined
  const from = `${((first.sentMs - firstMs) / 1000).toFixed(2)} s after the beginning of the outage`
  return `the machine held up ${plural(beside.length, 'request')} beside the outage, the first ${from}`
}

/**
 * A stall over the end of a load, in words: k6 makes up for what was due before, but not once its time is over. Undefined
 * where requests came to the end, or where so much is missing that it was no stall.
 * @param plannedMs length of the load
 */
export const stallAtEnd = (truth: TruthLine[], startedAtMs: number, plannedMs: number): string | undefined => {
  const missingMs = startedAtMs + plannedMs - Math.max(...truth.map(({ sentMs }) => sentMs))
  if (missingMs < 100 || missingMs > 3000) return undefined
  return `the machine held up k6 over the end of the load: nothing was sent in its last ${Math.round(missingMs)} ms`
}

/** The smallest value that at least this share of the values does not exceed. */
export const quantile = (values: number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.ceil(share * sorted.length) - 1]
  if (value === undefined) throw new Error('no values')
  return value
}
