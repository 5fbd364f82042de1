/** What the planted server does with the requests of one path. Requests are told apart by their number `n`. */
export interface Plant {
  latency: Latency
  /** So many requests are served at a time and the others wait in line: the capacity is `workers` / latency. */
  workers?: number
  /** Every so many-th request is answered 500. */
  failEvery?: number
  /** Times of trouble, by request number: exact, and the same in every run. */
  outages?: Outage[]
  /** Of the acknowledged writes every so many-th is forgotten. */
  forgetEvery?: number
  /** Every so many-th write is stored twice. */
  duplicateEvery?: number
  /** Every so many-th write is stored and answered 500: neither acknowledged nor lost. */
  denyEvery?: number
  /** Whatever arrives in the first `ms` of each period waits for its end, as in a pause of a garbage collector. */
  stalls?: { everyMs: number; ms: number }
  /** A write is not in a read before so long after it. */
  visibleAfterMs?: number
}

export type Latency =
  | { kind: 'fixed'; ms: number }
  | { kind: 'lognormal'; medianMs: number; sigma: number }
  /** Every so many-th request is slow. */
  | { kind: 'twoModes'; fastMs: number; slowMs: number; slowEvery: number }

/** hang: no answer, ever; errors: 500 at once; slow: answered after `slowMs`; refuse: nobody listens for `ms`. */
export type Outage =
  | { how: 'hang' | 'errors'; fromN: number; toN: number }
  | { how: 'slow'; fromN: number; toN: number; slowMs: number }
  | { how: 'refuse'; fromN: number; ms: number }

/** Trouble that a call to the server begins, as a fault's command does; `fromMs` counts from the call. */
export interface Switched {
  /** All paths unless told. */
  path?: string
  /** forget: acknowledged, and not stored. */
  how: 'hang' | 'errors' | 'slow' | 'forget'
  fromMs: number
  /** Null: until the server is told otherwise, or for ever. */
  forMs: number | null
  /** Share of the requests that it hits; all unless told. */
  share?: number
  slowMs?: number
}

/** Path (`/skewed`) to what is planted there. */
export type Plants = Record<string, Plant>

/** One request as the server saw it. Times are Unix microseconds of the server's monotonic clock. */
export interface TruthLine {
  path: string
  n: number
  /** Unix ms at which the client says that it sent the request; the same machine's clock. */
  sentMs: number
  arrivedUs: number
  /** When the last byte of the answer went to the kernel, or the client had left. */
  answeredUs: number
  /** 0: never answered. */
  status: number
  /** Writes only. */
  id?: string
  stored?: number
}

/** How long the client says that it waited for an answer, by its own clock in whole milliseconds. */
export interface WitnessLine {
  witness: string
  n: number
  waitedMs: number
}

/** Milliseconds that request `n` takes: a pure function, hence the same in every run. */
export const latencyMs = (latency: Latency, n: number): number => {
  if (latency.kind === 'fixed') return latency.ms
  if (latency.kind === 'twoModes') return isEvery(n, latency.slowEvery) ? latency.slowMs : latency.fastMs
  const normal = Math.sqrt(-2 * Math.log(uniform(2 * n))) * Math.cos(2 * Math.PI * uniform(2 * n + 1))
  return latency.medianMs * Math.exp(latency.sigma * normal)
}

export const isEvery = (n: number, period: number | undefined): boolean =>
  period !== undefined && n % period === period - 1

export const outageOf = (plant: Plant, n: number): Exclude<Outage, { how: 'refuse' }> | undefined =>
  plant.outages?.find(
    (outage): outage is Exclude<Outage, { how: 'refuse' }> =>
      outage.how !== 'refuse' && n >= outage.fromN && n < outage.toN,
  )

/** Seeded noise in (0, 1): the finaliser of MurmurHash3 over the number. */
export const uniform = (i: number): number => {
  let h = Math.imul(i + 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return (((h ^ (h >>> 13)) >>> 0) + 0.5) / 2 ** 32
}
