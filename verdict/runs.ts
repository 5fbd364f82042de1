import type { Seconds } from './seconds.ts'
import { none } from './seconds.ts'
import type { TimeBase } from './stretches.ts'

/**
 * Consecutive requests of one kind, all good or all bad, in the order of their starts. `fromMs` and `toMs` are the
 * starts of the first and the last of them (Unix ms).
 */
export interface SampleRun {
  bad: boolean
  n: number
  fromMs: number
  toMs: number
  /** The record does not tell the order inside this second: an edge here is known to the second only. */
  isCoarse: boolean
  /** The part of a second in which good and bad ones came mixed, and only their numbers are known. */
  mixed?: MixedPart
}

export interface MixedPart {
  fromMs: number
  toMs: number
  n: number
  bad: number
}

/** Most groups that the rarer kind of a second is cut into: a second takes the same memory at any rate. */
const mostGroups = 32

/**
 * The requests of some seconds as runs of good and bad ones. The record has counts per second and the times of the
 * first and the last request of each kind. Up to two of a kind stand at their own times. Of more, as many as the second's
 * rate gives lie before the first of the other kind, and after the last of it; the rest is spaced evenly between.
 * @param from first second (index of the columns), `to` one past the last
 * @param notBeforeMs requests that started before it are left out
 */
export const sampleRuns = (
  { baseS, seconds }: TimeBase,
  from: number,
  to: number,
  notBeforeMs = Number.NEGATIVE_INFINITY,
): SampleRun[] => {
  const runs: SampleRun[] = []
  for (let at = Math.max(0, from); at < Math.min(to, seconds.length); at++) {
    const due = seconds.due[at] ?? 0
    if (due === 0) continue
    const bad = Math.min(due, seconds.bad[at] ?? 0)
    const startMs = (baseS + at) * 1000
    const badOnes = kindOf(true, bad, seconds.firstBadUs[at] ?? none, seconds.lastBadUs[at] ?? none, startMs)
    const goodOnes = kindOf(false, due - bad, seconds.firstGoodUs[at] ?? none, seconds.lastGoodUs[at] ?? none, startMs)
    const isCoarse = bad > 0 && bad < due && orderUnknown(seconds, at)
    for (const run of order(badOnes, goodOnes)) {
      const left = notBefore({ ...run, isCoarse }, notBeforeMs)
      if (left !== null) runs.push(left)
    }
  }
  return runs
}

/** The requests of one kind in one second, of which the first and the last have known times. */
interface Kind {
  bad: boolean
  n: number
  firstMs: number
  lastMs: number
}

const kindOf = (bad: boolean, n: number, firstUs: number, lastUs: number, startMs: number): Kind => {
  const [first, last] = firstUs === none || lastUs === none ? [0, 999_999] : [firstUs, Math.max(firstUs, lastUs)]
  return { bad, n, firstMs: startMs + first / 1000, lastMs: startMs + last / 1000 }
}

type Run = Omit<SampleRun, 'isCoarse'>

const order = (a: Kind, b: Kind): Run[] => {
  if (a.n === 0 || b.n === 0) return [wholeOf(a.n === 0 ? b : a)]
  const [first, second] = a.firstMs <= b.firstMs ? [a, b] : [b, a]
  // Of three kinds of time in a second (before both are seen, both, after one was seen last) only the middle is mixed.
  if (first.lastMs < second.firstMs) return [wholeOf(first), wholeOf(second)]
  const perMs = (a.n + b.n - 1) / Math.max(1e-3, Math.max(a.lastMs, b.lastMs) - first.firstMs)
  const [lead, rest] = splitHead(first, second.firstMs, perMs)
  const [earlier, later] = rest.lastMs <= second.lastMs ? [rest, second] : [second, rest]
  const [middle, tail] = splitTail(later, earlier.lastMs, perMs)
  return joined([...lead, ...marked(interleaved(earlier, middle)), ...tail])
}

const marked = (runs: readonly Run[]): Run[] => {
  const own = runs.filter(({ n }) => n > 0)
  const sum = (counts: (run: Run) => boolean) => own.reduce((total, run) => total + (counts(run) ? run.n : 0), 0)
  const mixed = {
    fromMs: own[0]?.fromMs ?? 0,
    toMs: own.at(-1)?.toMs ?? 0,
    n: sum(() => true),
    bad: sum(({ bad }) => bad),
  }
  // Up to two of a kind have their own times.
  const isKnown = mixed.bad <= 2 && mixed.n - mixed.bad <= 2
  return isKnown || mixed.bad === 0 || mixed.bad === mixed.n ? own : own.map((run) => ({ ...run, mixed }))
}

const wholeOf = ({ bad, n, firstMs, lastMs }: Kind): Run => ({ bad, n, fromMs: firstMs, toMs: lastMs })

/** The part before a moment; what is left keeps its last one. */
const splitHead = (kind: Kind, untilMs: number, perMs: number): [Run[], Kind] => {
  const stepMs = 1 / perMs
  const most = kind.n - (kind.lastMs > untilMs ? 1 : 0)
  if (kind.firstMs >= untilMs || most < 1) return [[], kind]
  const n = Math.min(most, Math.max(1, Math.round((untilMs - kind.firstMs) * perMs)))
  const toMs = Math.min(untilMs, kind.firstMs + (n - 1) * stepMs)
  const left = kind.n - n
  return [
    [{ bad: kind.bad, n, fromMs: kind.firstMs, toMs }],
    { ...kind, n: left, firstMs: left === 1 ? kind.lastMs : Math.min(kind.lastMs, Math.max(untilMs, toMs + stepMs)) },
  ]
}

/** The part after a moment; what is left keeps its first one. */
const splitTail = (kind: Kind, fromMs: number, perMs: number): [Kind, Run[]] => {
  const [lead, rest] = splitHead({ ...kind, firstMs: -kind.lastMs, lastMs: -kind.firstMs }, -fromMs, perMs)
  const tail = lead.map((run) => ({ ...run, fromMs: -run.toMs, toMs: -run.fromMs }))
  return [{ ...rest, firstMs: -rest.lastMs, lastMs: -rest.firstMs }, tail]
}

/** Two kinds, each spaced evenly, in the order of time. */
const interleaved = (a: Kind, b: Kind): Run[] => {
  const [rare, common] = a.n <= b.n ? [a, b] : [b, a]
  const runs: Run[] = []
  const groups = Math.min(rare.n, mostGroups)
  let done = 0
  for (let group = 0; group < groups; group++) {
    const from = Math.floor((group * rare.n) / groups)
    const until = before(common, timeOf(rare, from))
    runs.push(part(common, done, until), part(rare, from, Math.floor(((group + 1) * rare.n) / groups)))
    done = until
  }
  runs.push(part(common, done, common.n))
  return runs
}

const stepOf = ({ n, firstMs, lastMs }: Kind): number => (n > 1 ? (lastMs - firstMs) / (n - 1) : 0)
const timeOf = (kind: Kind, index: number): number => kind.firstMs + index * stepOf(kind)
const part = (kind: Kind, from: number, to: number): Run => ({
  bad: kind.bad,
  n: to - from,
  fromMs: timeOf(kind, from),
  toMs: timeOf(kind, to - 1),
})

/** How many of a kind start before a moment. */
const before = (kind: Kind, momentMs: number): number => {
  if (momentMs <= kind.firstMs) return 0
  const step = stepOf(kind)
  return step === 0 ? kind.n : Math.min(kind.n, Math.ceil((momentMs - kind.firstMs) / step))
}

/** Neighbours of the same kind become one run; empty ones go. */
const joined = (runs: readonly Run[]): Run[] => {
  const list: Run[] = []
  for (const run of runs) {
    if (run.n === 0) continue
    const open = list.at(-1)
    if (open?.bad === run.bad && open.mixed === run.mixed) {
      open.n += run.n
      open.toMs = run.toMs
    } else list.push({ ...run })
  }
  return list
}

/**
 * Rates carry one pair of times for both kinds, and where the record did not count the threshold the slow ones
 * have no times at all.
 */
const orderUnknown = (seconds: Seconds, at: number): boolean =>
  seconds.unsureAt !== null ||
  (seconds.firstBadUs[at] === seconds.firstGoodUs[at] &&
    seconds.lastBadUs[at] === seconds.lastGoodUs[at] &&
    seconds.firstBadUs[at] !== seconds.lastBadUs[at])

const notBefore = (run: SampleRun, momentMs: number): SampleRun | null => {
  if (run.fromMs >= momentMs) return run
  if (run.toMs < momentMs) return null
  const kind = { bad: run.bad, n: run.n, firstMs: run.fromMs, lastMs: run.toMs }
  const skipped = before(kind, momentMs)
  return { ...run, n: run.n - skipped, fromMs: timeOf(kind, skipped) }
}
