import { bucketRange } from '../model/histogram.ts'
import { requestMetric, type StreamLine } from '../model/window.ts'

/** What the live line shows and guards look at, over the last seconds. */
export interface LiveStatus {
  offeredPerSecond: number
  achievedPerSecond: number
  /** Null while nothing completed. */
  p95Ms: number | null
  /** Bad requests, dropped iterations and iterations that hang, as a share of all; null while nothing was due. */
  errorRatio: number | null
  inFlight: number
}

/** What arrived of one scenario in a second. */
interface Counts {
  started: number
  completed: number
  dropped: number
  requests: number
  bad: number
}

interface Second {
  scenarios: Map<string, Counts>
  histogram: Map<number, number>
}

const keptSeconds = 120

/**
 * Folds the stream by *arrival*, for the live line and the guards. Requests in flight count: in a
 * total hang nothing completes, and whoever waits for completions sees nothing until the timeouts.
 */
export class LiveWindow {
  #seconds = new Map<number, Second>()
  /** Iterations that have not ended: of each scenario, by the second in which they started. */
  #pending = new Map<string, Map<number, number>>()

  add(line: StreamLine, nowMs: number): void {
    if (line.type === 'load') {
      const counts = countsOf(this.#second(nowMs), line.scenario)
      counts.started += line.started
      counts.completed += line.completed
      counts.dropped += line.dropped
      const seconds = this.#pending.get(line.scenario) ?? new Map<number, number>()
      this.#pending.set(line.scenario, seconds)
      const pending = (seconds.get(line.s) ?? 0) + line.started - line.completed
      if (pending === 0) seconds.delete(line.s)
      else seconds.set(line.s, pending)
    } else if (line.type === 'window' && line.metric === requestMetric) {
      const second = this.#second(nowMs)
      const counts = countsOf(second, line.scenario)
      counts.requests += line.n
      if (!line.ok) counts.bad += line.n
      for (let index = 0; index < (line.hist?.length ?? 0); index += 2) {
        const bucket = line.hist?.[index] ?? 0
        second.histogram.set(bucket, (second.histogram.get(bucket) ?? 0) + (line.hist?.[index + 1] ?? 0))
      }
    }
  }

  /** Over the whole seconds of the `lengthMs` before now. */
  status(nowMs: number, lengthMs = 3_000): LiveStatus {
    const seconds = this.#last(nowMs, lengthMs)
    const all = { started: 0, completed: 0, dropped: 0, requests: 0, bad: 0 }
    let hanging = 0
    for (const [scenario, counts] of summed(seconds)) {
      for (const field of fields) all[field] += counts[field]
      // Iterations that are meant to be long are pending too, but as many of them end as start; and until they do,
      // their requests are answered.
      const unanswered = counts.started - Math.max(counts.completed, counts.requests)
      hanging += Math.min(this.#hanging(scenario, nowMs, lengthMs), Math.max(0, unanswered))
    }
    const total = all.requests + all.dropped + hanging
    return {
      offeredPerSecond: (all.started + all.dropped) / (lengthMs / 1000),
      achievedPerSecond: all.completed / (lengthMs / 1000),
      p95Ms: this.#percentileMs(seconds, 0.95),
      errorRatio: total === 0 ? null : (all.bad + all.dropped + hanging) / total,
      inFlight: this.#allPending().reduce((total, [, pending]) => total + pending, 0),
    }
  }

  /** A percentile of the response times that arrived in the `lengthMs` before now; null when none did. */
  latencyMs(nowMs: number, lengthMs: number, percentile: number): number | null {
    const first = Math.floor((nowMs - lengthMs) / 1000)
    return this.#percentileMs(
      [...this.#seconds].filter(([s]) => s > first).map(([, second]) => second),
      percentile,
    )
  }

  /** Iterations that have been going on for longer than this and have not ended. */
  inFlightLonger(nowMs: number, thanMs: number): number {
    const old = this.#allPending().filter(([s]) => (s + 1) * 1000 <= nowMs - thanMs)
    return Math.max(
      0,
      old.reduce((total, [, pending]) => total + pending, 0),
    )
  }

  #allPending(): [number, number][] {
    return [...this.#pending.values()].flatMap((seconds) => [...seconds])
  }

  /** A scenario's iterations of the last seconds that have been going on for more than one. */
  #hanging(scenario: string, nowMs: number, lengthMs: number): number {
    const end = Math.floor(nowMs / 1000) - 1
    return [...(this.#pending.get(scenario) ?? [])]
      .filter(([s]) => s < end && s >= end - lengthMs / 1000)
      .reduce((total, [, pending]) => total + Math.max(0, pending), 0)
  }

  #last(nowMs: number, lengthMs: number): Second[] {
    const end = Math.floor(nowMs / 1000)
    const start = end - lengthMs / 1000
    return [...this.#seconds].filter(([s]) => s >= start && s < end).map(([, second]) => second)
  }

  #percentileMs(seconds: Second[], share: number): number | null {
    const merged = new Map<number, number>()
    let total = 0
    for (const { histogram } of seconds) {
      for (const [bucket, count] of histogram) {
        merged.set(bucket, (merged.get(bucket) ?? 0) + count)
        total += count
      }
    }
    let seen = 0
    for (const [bucket, count] of [...merged].sort(([a], [b]) => a - b)) {
      seen += count
      if (seen >= share * total) return bucketRange(bucket)[1] / 1000
    }
    return null
  }

  #second(nowMs: number): Second {
    const s = Math.floor(nowMs / 1000)
    let second = this.#seconds.get(s)
    if (!second) {
      second = { scenarios: new Map(), histogram: new Map() }
      this.#seconds.set(s, second)
      for (const old of this.#seconds.keys()) if (old < s - keptSeconds) this.#seconds.delete(old)
    }
    return second
  }
}

const fields = ['started', 'completed', 'dropped', 'requests', 'bad'] as const

const countsOf = ({ scenarios }: { scenarios: Map<string, Counts> }, scenario: string): Counts => {
  const known = scenarios.get(scenario)
  if (known) return known
  const counts = { started: 0, completed: 0, dropped: 0, requests: 0, bad: 0 }
  scenarios.set(scenario, counts)
  return counts
}

const summed = (seconds: Second[]): Map<string, Counts> => {
  const sums = { scenarios: new Map<string, Counts>() }
  for (const { scenarios } of seconds) {
    for (const [scenario, counts] of scenarios) {
      const sum = countsOf(sums, scenario)
      for (const field of fields) sum[field] += counts[field]
    }
  }
  return sums.scenarios
}
