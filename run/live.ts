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

interface Second {
  started: number
  completed: number
  dropped: number
  requests: number
  bad: number
  histogram: Map<number, number>
}

const keptSeconds = 120

/**
 * Folds the stream by *arrival*, for the live line and the guards. Requests in flight count: in a
 * total hang nothing completes, and whoever waits for completions sees nothing until the timeouts.
 */
export class LiveWindow {
  #seconds = new Map<number, Second>()
  /** Iterations that have not ended, by the second in which they started. */
  #pending = new Map<number, number>()

  add(line: StreamLine, nowMs: number): void {
    if (line.type === 'load') {
      const second = this.#second(nowMs)
      second.started += line.started
      second.completed += line.completed
      second.dropped += line.dropped
      const pending = (this.#pending.get(line.s) ?? 0) + line.started - line.completed
      if (pending === 0) this.#pending.delete(line.s)
      else this.#pending.set(line.s, pending)
    } else if (line.type === 'window' && line.metric === requestMetric) {
      const second = this.#second(nowMs)
      second.requests += line.n
      if (!line.ok) second.bad += line.n
      for (let index = 0; index < (line.hist?.length ?? 0); index += 2) {
        const bucket = line.hist?.[index] ?? 0
        second.histogram.set(bucket, (second.histogram.get(bucket) ?? 0) + (line.hist?.[index + 1] ?? 0))
      }
    }
  }

  /** Over the whole seconds of the `lengthMs` before now. */
  status(nowMs: number, lengthMs = 3_000): LiveStatus {
    const seconds = this.#last(nowMs, lengthMs)
    const sum = (field: 'started' | 'completed' | 'dropped' | 'requests' | 'bad') =>
      seconds.reduce((total, second) => total + second[field], 0)
    // Iterations that are meant to be long are pending too, but as many of them end as start.
    const hanging = Math.min(this.#hanging(nowMs, lengthMs), Math.max(0, sum('started') - sum('completed')))
    const total = sum('requests') + sum('dropped') + hanging
    return {
      offeredPerSecond: (sum('started') + sum('dropped')) / (lengthMs / 1000),
      achievedPerSecond: sum('completed') / (lengthMs / 1000),
      p95Ms: this.#percentileMs(seconds, 0.95),
      errorRatio: total === 0 ? null : (sum('bad') + sum('dropped') + hanging) / total,
      inFlight: [...this.#pending.values()].reduce((total, pending) => total + pending, 0),
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
    const counts = [...this.#pending].filter(([s]) => (s + 1) * 1000 <= nowMs - thanMs).map(([, pending]) => pending)
    return Math.max(
      0,
      counts.reduce((total, pending) => total + pending, 0),
    )
  }

  /** Iterations of the last seconds that have been going on for more than one. */
  #hanging(nowMs: number, lengthMs: number): number {
    const end = Math.floor(nowMs / 1000) - 1
    return [...this.#pending]
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
      second = { started: 0, completed: 0, dropped: 0, requests: 0, bad: 0, histogram: new Map() }
      this.#seconds.set(s, second)
      for (const old of this.#seconds.keys()) if (old < s - keptSeconds) this.#seconds.delete(old)
    }
    return second
  }
}
