import type { PlannedLoad } from '../model/plan.ts'
import { attribute } from './attribute.ts'
import { formatCount } from './format.ts'
import type { LoadRecord } from './load.ts'
import type { Traffic } from './traffic.ts'
import { longestIterationMs, samplesOf } from './traffic.ts'

/** How a scenario's samples fit what it declares per iteration. */
export interface DeclaredFit {
  /** Too few: the run did not send what it was to send. */
  missing: string[]
  /** Too many: the plan's expectations are too low. */
  extra: string[]
}

/** Declared numbers are averages that people round; over a part of the run they vary more. */
const roundingRatio = { whole: 0.02, part: 0.05 }
/** Polling sends more than declared; this much more is told. */
const manyRatio = 1.5
/** Beyond this many standard deviations a count is no chance, however many parts are looked at. */
const chanceDeviations = 6
/** The shortest part of a run that is looked at; each next length is twice of it. */
const shortestPartS = 20

/**
 * Compares the samples of a scenario, by name, with what its completed iterations declare: over the whole run, and over
 * parts of it, since a few seconds in which nothing was sent are few samples of a long run. Fewer are explained by
 * iterations that failed, by samples that were not ok (what would have come next may be left out), and by iterations
 * that were still going on when the load ended, which may cut themselves short.
 * @param endIndex second in which the load ended
 */
export const fitOfDeclared = (
  planned: PlannedLoad,
  load: LoadRecord,
  traffic: Traffic | undefined,
  endIndex: number,
): DeclaredFit => {
  const of = countIterations(planned, load, traffic, endIndex)
  const fit: DeclaredFit = { missing: [], extra: [] }
  const compare = (name: string, perIteration: number, metric?: string): void => {
    const seen = summed(samplesOf(traffic, name, metric) ?? new Uint32Array(load.started.length))
    const label = `scenario ${load.scenario}: SAMPLES of ${metric === undefined ? name : `${metric} ${name}`}`
    const text = (samples: number, iterations: number, what: string) =>
      `${label.replace('SAMPLES', `${formatCount(samples)} samples`)}, where ${formatCount(iterations)} ${what} declare ` +
      formatCount(iterations * perIteration)
    const part = partWithTooFew(of, seen, perIteration)
    if (part !== null)
      fit.missing.push(
        text(between(seen, part), between(of.completed, part), 'completed iterations') + whenText(part, of),
      )
    const all: Part = [of.first, load.started.length - 1]
    const [sent, started] = [between(seen, all), between(of.started, all)]
    // What is done once per virtual user (signing in) need not be declared, nor how often an answer is asked for.
    const more = sent - manyRatio * started * perIteration - (planned.vus ?? 0)
    if (more > slackOf(perIteration, started, roundingRatio.whole))
      fit.extra.push(`${capital(text(sent, started, 'iterations'))}. The plan counts on the declared number.`)
  }
  for (const [name, perIteration] of Object.entries(planned.requests)) compare(name, perIteration)
  for (const [metric, names] of Object.entries(planned.samples ?? {})) {
    for (const [name, perIteration] of Object.entries(names)) compare(name, perIteration, metric)
  }
  return fit
}

/** First and last second of a part of the run. */
type Part = [from: number, to: number]
/** Sums before each second, so that a part's is a difference. */
type Summed = Float64Array

interface Iterations {
  /** Seconds from the first iteration to the last one that was over before the load ended. */
  first: number
  last: number
  completed: Summed
  started: Summed
  /** Failed iterations and samples that were not ok. */
  broken: Summed
  /** The longest iteration by second of start, in seconds. */
  longestS: Float64Array
}

const countIterations = (
  planned: PlannedLoad,
  load: LoadRecord,
  traffic: Traffic | undefined,
  endIndex: number,
): Iterations => {
  const longest = (at: number) => (load.timed ? (load.longestUs[at] ?? 0) / 1e6 : longestIterationMs(planned) / 1000)
  const first = load.started.findIndex((started) => started > 0)
  let last = Math.min(endIndex, load.started.length) - 1
  while (last >= first && last + longest(last) + 1 >= endIndex) last--
  return {
    first: Math.max(0, first),
    last,
    completed: summed(load.completed),
    started: summed(load.started),
    broken: summed(load.failed.map((failed, at) => failed + (traffic?.bad[at] ?? 0))),
    longestS: Float64Array.from(load.completed, (n, at) => (n > 0 ? longest(at) : 0)),
  }
}

/** The whole run when it has too few samples, or else the first part that has; null when all fits. */
const partWithTooFew = (of: Iterations, seen: Summed, perIteration: number): Part | null => {
  const whole: Part = [of.first, of.last]
  if (of.last < of.first) return null
  const seenOfWhole: Part = [of.first, seen.length - 2]
  const missing =
    between(of.completed, whole) * perIteration - explained(of, seenOfWhole, perIteration) - between(seen, seenOfWhole)
  if (missing > slackOf(perIteration, between(of.completed, whole), roundingRatio.whole)) return whole
  const length = of.last - of.first + 1
  const attributed = attributedTo(of, seen, perIteration)
  for (let seconds = shortestPartS; seconds < length; seconds *= 2) {
    for (let from = of.first; from + seconds - 1 <= of.last; from += seconds / 2) {
      const part: Part = [from, from + seconds - 1]
      if (missesSamples(of, attributed, perIteration, part)) return part
    }
  }
  return null
}

/** Samples that came late count where their iterations started, but only what exceeds the need of those of their own time. */
const attributedTo = (of: Iterations, seen: Summed, perIteration: number): Summed => {
  const each = (sums: Summed, times: number) =>
    Float64Array.from(of.longestS, (_, at) => between(sums, [at, at]) * times)
  const broken = each(of.broken, Math.ceil(perIteration))
  const supply = each(seen, 1).map((n, at) => n + (broken[at] ?? 0))
  return summed(attribute(each(of.completed, perIteration), supply, of.longestS))
}

const missesSamples = (of: Iterations, attributed: Summed, perIteration: number, part: Part): boolean => {
  const completed = between(of.completed, part)
  return completed * perIteration - between(attributed, part) > slackOf(perIteration, completed, roundingRatio.part)
}

const explained = (of: Iterations, part: Part, perIteration: number): number =>
  between(of.broken, part) * Math.ceil(perIteration)

/** What rounding and chance may take: 1.3 per iteration is one, and in 30 % of them another. */
const slackOf = (perIteration: number, iterations: number, rounding: number): number => {
  const fraction = perIteration % 1
  const deviation = Math.sqrt(iterations * fraction * (1 - fraction))
  return Math.max(2, rounding * perIteration * iterations, chanceDeviations * deviation)
}

const summed = (column: Uint32Array | Float64Array): Summed => {
  const sums = new Float64Array(column.length + 1)
  for (let at = 0; at < column.length; at++) sums[at + 1] = (sums[at] ?? 0) + (column[at] ?? 0)
  return sums
}

const between = (sums: Summed, [from, to]: Part): number => {
  const at = (index: number) => sums[Math.min(sums.length - 1, Math.max(0, index))] ?? 0
  return Math.max(0, at(to + 1) - at(from))
}

const whenText = ([from, to]: Part, { first, last }: Iterations): string =>
  from === first && to === last ? '' : ` from second ${from - first} to ${to - first + 1}`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
