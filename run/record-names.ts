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
  /** What k6's output counts. */
  outputConfig: 'output.json',
  logs: 'logs',
  /** Data and sockets of the system while it runs; gone afterwards. */
  work: 'work',
  /** Kept for the last words when the disk is full; gone afterwards. */
  reserve: 'reserve',
  /** Of a search for the capacity: a record for each rate, `01` on. */
  steps: 'steps',
} as const

const mib = 1 << 20

/**
 * Bytes that a file of a record may have to be read. Those that are parsed as a whole are small; those that are read by
 * the line may be as large as a day under full load makes them.
 */
const mostBytes: Record<string, number> = {
  [recordFiles.plan]: 2 * mib,
  [recordFiles.verdict]: 4 * mib,
  [recordFiles.charts]: 8 * mib,
  [recordFiles.events]: 32 * mib,
  [recordFiles.prometheus]: 256 * mib,
  [recordFiles.windows]: 16 * 1024 * mib,
}

/** Bytes that the file may have to be opened. Logs end where the disk does: they are written, and never read. */
export const mostBytesOf = (name: string): number => mostBytes[name] ?? Number.MAX_SAFE_INTEGER
