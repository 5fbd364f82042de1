/**
 * The sample path: what our k6 output extension (`build/k6/`) writes to file descriptor 3,
 * and what `windows.ndjson` of a record holds: one JSON object per line, told apart by `type`.
 *
 * Lines are increments. Two lines of the same kind and key (see each type) merge: counts and sums
 * add, minima and maxima combine, histograms add bucket by bucket. So windows of several runners,
 * and late samples of an old second, merge exactly.
 *
 * Units: `s` is a Unix second; `...Us` are microseconds; offsets (`firstUs` ...) are microseconds
 * since the start of second `s` (0..999,999).
 */

/** Version of every line type in this file; the `hello` line carries it. */
export const windowSchemaVersion = 1

/** First line of a stream. */
export interface HelloLine {
  type: 'hello'
  schemaVersion: number
  k6Version: string
  /** Unix time at which the output started, in microseconds. */
  atUs: number
  /** The last line has the totals; absent in records of before there were any. */
  hasTotals?: true
}

/** HTTP status class of a sample; `error` = no response (dial, reset, timeout); `none` = not HTTP. */
export type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx' | 'error' | 'none'

/**
 * `[thresholdUs, over, firstOverUs, lastOverUs, firstUnderUs, lastUnderUs]`: how many samples took
 * at least this long (value >= threshold, since targets read "< 500 ms"), and when the first and
 * last samples on either side started (offset in the window; -1 where there was none).
 */
export type ThresholdCount = [
  thresholdUs: number,
  over: number,
  firstOverUs: number,
  lastOverUs: number,
  firstUnderUs: number,
  lastUnderUs: number,
]

/**
 * All samples of one metric, scenario, request name, status class and expectation that *started* in
 * one second. Key: s, metric, scenario, name, status, ok.
 *
 * Time-valued metrics (k6 Trend with isTime, http_req_duration): values are microseconds, with
 * histogram and threshold counts. Other Trends: values are thousandths. Rate: sum = number of true
 * values. Counter: sum = added value. Gauge: last value in `sum` with n = 1 (merging keeps the newer).
 */
export interface WindowLine {
  type: 'window'
  s: number
  metric: string
  kind: 'time' | 'trend' | 'rate' | 'counter' | 'gauge'
  scenario: string
  name: string
  status: StatusClass
  /** False when the response was not an expected one (wrong status, timeout, refused, wrong body). */
  ok: boolean
  n: number
  sum: number
  min: number
  max: number
  /** Offsets of the first and the last sample's start in this window. */
  firstUs: number
  lastUs: number
  /** Only kind `time`: one entry per threshold that the SLO document names for this metric. */
  over?: ThresholdCount[]
  /** Kinds `time` and `trend`: sparse log-linear histogram `[bucket, count, bucket, count, ...]`. */
  hist?: number[]
}

/**
 * Iterations of one scenario. `started` and `completed` are counted in the second in which the
 * iteration *started*, so `started - completed` is what is still in flight (or was interrupted) of
 * that second. `dropped` were due but found no free virtual user. Key: s, scenario; `longestUs` merges to the maximum.
 */
export interface LoadLine {
  type: 'load'
  s: number
  scenario: string
  /** SLI request name that a dropped or interrupted iteration counts against; '' when unnamed. */
  sli: string
  started: number
  completed: number
  dropped: number
  /**
   * Iterations that ended by an exception, or had a failing k6 check, and have no bad request of the SLI to tell so;
   * `failedAfterGood` are those of them that have a good one. These and the next are absent in older records.
   */
  failed?: number
  failedAfterGood?: number
  /** Durations of the completed ones in microseconds: their sum, and the longest. */
  durationUs?: number
  longestUs?: number
}

/** Virtual users, as k6's gauges say. Key: s; merging keeps the maximum. */
export interface VusLine {
  type: 'vus'
  s: number
  active: number
  max: number
}

/**
 * Acknowledged writes: the id of a write is `<runId>-<scenario>-<n>`; `ranges` holds inclusive
 * ranges of n, sorted. All were acknowledged between `fromUs` and `toUs` (Unix microseconds).
 */
export interface AcksLine {
  type: 'acks'
  scenario: string
  fromUs: number
  toUs: number
  ranges: [from: number, to: number][]
}

/** Error code and message of failed requests, the most frequent ones (at most 50 distinct). Key: name, error. */
export interface ErrorLine {
  type: 'error'
  name: string
  error: string
  n: number
}

/** More than 1,000 series: the rest was folded into name `other`. Written once. */
export interface OverflowLine {
  type: 'overflow'
  maxSeries: number
}

/** What all lines of a stream add up to, however their increments were merged. */
export interface StreamTotals {
  /** Samples of all windows but those of gauges, and those of them that were not ok. */
  samples: number
  bad: number
  started: number
  completed: number
  dropped: number
  failed: number
  failedAfterGood: number
  durationUs: number
  /** The longest, not a sum. */
  longestUs: number
  acks: number
  errors: number
}

/** Last line of a complete stream. */
export interface EndLine {
  type: 'end'
  atUs: number
  /** Absent in older records, whose `hello` announces none. */
  totals?: StreamTotals
}

/** One component at one instant: process figures and its `/metrics`, from Holdfast's own sampler. */
export interface SampleLine {
  type: 'sample'
  /** Unix milliseconds. */
  atMs: number
  component: string
  /** Series name to value: `process_resident_bytes`, `process_cpu_seconds`, `process_start_ticks`, and the metrics of the component. */
  values: Record<string, number>
}

/**
 * What Prometheus answered to the query of one objective, before the samples of that answer. A record without it has no
 * answer.
 */
export interface AnswerLine {
  type: 'answer'
  /** Name of the series in the samples. */
  series: string
  query: string
  /** Samples that follow. */
  samples: number
  /** Why there is no answer to judge by; null where there is one. */
  failed: string | null
  /** Why a good value is not to be believed (a part of the answer is missing); null where it is whole. */
  incomplete: string | null
  /** Unix ms at which a series had a value that is no number (NaN, an infinity). */
  notNumbersAtMs: number[]
}

/** Last line of `windows.ndjson`, from Holdfast: how many there are before it. Absent in older records. */
export interface ClosedLine {
  type: 'closed'
  lines: number
}

/** What the extension writes. */
export type StreamLine = HelloLine | WindowLine | LoadLine | VusLine | AcksLine | ErrorLine | OverflowLine | EndLine
/** What `windows.ndjson` holds. */
export type RecordLine = StreamLine | SampleLine | AnswerLine | ClosedLine

/**
 * The output extension's configuration: the JSON file that `--out holdfast=<file>` names.
 */
export interface OutputConfig {
  schemaVersion: number
  /** Metric name to thresholds in microseconds, ascending. */
  thresholdsUs: Record<string, number[]>
  flushMs: number
  maxSeries: number
}

/** Name of the helper's own request metric: a time-valued Trend with tags name, status, ok. */
export const requestMetric = 'holdfast_request'
/** Counter added at the start of each iteration. */
export const startedMetric = 'holdfast_started'
/** Time-valued Trend: how long an iteration went on that ended by an exception; the tag `error` says which. */
export const failedMetric = 'holdfast_failed_iteration'
/** Counter added once per iteration that rightly leaves out what its scenario declares. */
export const cutShortMetric = 'holdfast_cut_short'
/** Counter added once per acknowledged write; the id's number is in the metadata `write`. */
export const ackMetric = 'holdfast_ack'
