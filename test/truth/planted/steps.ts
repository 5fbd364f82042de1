import type { CapacityStep } from '../../../model/capacity.ts'
import { prove } from '../../../verdict/binomial.ts'
import { plannedIterations } from '../../../verdict/health.ts'
import type { TruthLine } from './plants.ts'
import type { PlantedResult } from './run.ts'
import { allRequests, countsFromMs, isBad, mayBeBad, servedMs, truthOf } from './truth.ts'

/** What the server's log says of one step of a search for the capacity. */
export interface TrueStep {
  /**
   * The least and the most that the step's state may be: they differ near the border of a proof, and where the bad
   * answers came in one spell, which may be one event.
   */
  states: [CapacityStep['state'], CapacityStep['state']]
  /** Requests per second in the seconds that count. */
  perSecond: number
  /** Share of the planned requests that k6 never sent. */
  missingRatio: number
  /** Answers per second while requests waited in line, each over 25 answers in a row. */
  fullRates: number[]
}

/**
 * Reads a step of `/line` from the server's log.
 * @param limitMs an answer that takes as long is bad; 5 % of them are allowed
 * @param serviceMs what a worker takes for one request
 */
export const trueStep = ({ plan, recordDir, verdict }: PlantedResult, limitMs: number, serviceMs: number): TrueStep => {
  const log = truthOf(recordDir, '/line')
  const all = allRequests(log)
  const { dropped } = verdict.load
  const fromMs = countsFromMs(verdict)
  const toMs = Math.floor((verdict.startedAtMs + (verdict.phases.at(-1)?.endMs ?? Number.NaN)) / 1000) * 1000
  const counted = all.filter(({ sentMs }) => sentMs >= fromMs)
  const whole = counted.filter(({ sentMs }) => sentMs < toMs).length + dropped
  // `sentMs` is a whole number, rounded down: 1 ms more is bad for certain.
  const bad = counted.filter(isBad(limitMs + 1))
  const most = counted.filter(mayBeBad(all, limitMs)).length + dropped
  const planned = plan.load.reduce((sum, load) => sum + plannedIterations(load, 0, load.durationMs), 0)
  return {
    states: [
      isInMostOf(bad, fromMs, toMs) ? stateOf(bad.length, counted.length) : leastUnproven(bad.length, counted.length),
      stateOf(most, counted.length + dropped),
    ],
    perSecond: whole / ((toMs - fromMs) / 1000),
    missingRatio: 1 - (all.length + dropped) / planned,
    fullRates: fullRates(log, serviceMs),
  }
}

const stateOf = (bad: number, n: number): CapacityStep['state'] =>
  prove(bad, n, 0.05) === 'proven-fail' ? 'broke' : leastUnproven(bad, n)

const leastUnproven = (bad: number, n: number): CapacityStep['state'] => (bad > 0.05 * n ? 'unclear' : 'held')

/** Whether there are bad answers in three quarters of the step: of fewer, no bound that knows of spells is certain. */
const isInMostOf = (bad: readonly { sentMs: number }[], fromMs: number, toMs: number): boolean =>
  new Set(bad.map(({ sentMs }) => Math.min(3, Math.floor((4 * (sentMs - fromMs)) / (toMs - fromMs))))).size >= 3

/** A whole number of rounds of two workers. */
const pieceAnswers = 24

const fullRates = (log: TruthLine[], serviceMs: number): number[] => {
  const byEnd = log.toSorted((a, b) => a.answeredUs - b.answeredUs)
  // From the first client that gave up waiting, workers serve requests that nobody waits for, and the log can't tell when.
  const gaveUp = byEnd.findIndex(({ status }) => status !== 200)
  const rates: number[] = []
  let row: TruthLine[] = []
  for (const line of gaveUp < 0 ? byEnd : byEnd.slice(0, gaveUp)) {
    row = servedMs(line) > 1.5 * serviceMs ? [...row, line] : []
    const [first] = row
    if (!first || row.length <= pieceAnswers) continue
    rates.push(pieceAnswers / ((line.answeredUs - first.answeredUs) / 1e6))
    row = [line]
  }
  return rates
}
