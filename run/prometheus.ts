import { HoldfastError } from '../model/errors.ts'
import type { GaugeObjective, ReactionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import { prometheusSeries } from '../model/prometheus.ts'
import type { AnswerLine, SampleLine } from '../model/window.ts'
import { prometheusHeaders } from './prometheus-access.ts'
import type { PrometheusSeries } from './prometheus-answer.ts'
import type { PrometheusServer } from './prometheus-api.ts'
import { PrometheusError, queryRange } from './prometheus-api.ts'
import { isInRecord, readRecordFile, writeRecordFile } from './record-files.ts'
import { recordFiles } from './record-names.ts'

/** Beyond this the clocks are told to differ; beyond the distance of two points the answer is of other seconds. */
const mostSkewMs = 2_000

type Env = Record<string, string | undefined>

type Query = (GaugeObjective | ReactionObjective) & { query: string }

/** Objectives of a plan that ask Prometheus. */
export const prometheusQueries = ({ prometheus, objectives }: Pick<Plan, 'prometheus' | 'objectives'>): Query[] =>
  prometheus === undefined
    ? []
    : objectives.filter(
        (objective): objective is Query =>
          (objective.kind === 'gauge' || objective.kind === 'reaction') &&
          objective.query !== undefined &&
          objective.series === prometheusSeries(objective.id),
      )

/**
 * Answers that were recorded belong to the queries that were asked.
 * @throws HoldfastError when an objective of the plan has another query than in the recorded one.
 */
export const refuseOtherQueries = (recorded: Plan, plan: Plan): void => {
  const asked = new Map(prometheusQueries(recorded).map(({ id, query }) => [id, query]))
  const other = prometheusQueries(plan).find(({ id, query }) => asked.has(id) && asked.get(id) !== query)
  if (other === undefined) return
  throw new HoldfastError(
    `objective "${other.id}": its query is not the one that was asked when the run was recorded`,
    {
      hint: 'Add --prometheus <url>, so that it is asked.',
    },
  )
}

/**
 * Asks every query once, as it is asked after the load, before anything starts.
 * @param env with the headers of the server (`prometheusHeaders`)
 * @throws HoldfastError when the server cannot be reached or refuses a query, or fails at one that is required.
 * @returns what is allowed and probably not meant.
 */
export const checkPrometheus = async (plan: Plan, env: Env): Promise<string[]> => {
  if (plan.prometheus === undefined) return []
  const queries = prometheusQueries(plan)
  if (queries.length === 0) return ['--prometheus: no objective of this run has a query']
  const { url, stepMs } = plan.prometheus
  const server: PrometheusServer = { url, headers: prometheusHeaders(env) }
  const toMs = Date.now()
  const warnings = new Set<string>()
  for (const { id, query, gate } of queries) {
    const answer = await queryRange(server, query, { fromMs: toMs - stepMs, toMs, stepMs }).catch((cause: unknown) => {
      if (!(cause instanceof PrometheusError)) throw cause
      if (gate === 'required' || !mayPass(cause))
        throw new HoldfastError(`objective "${id}": ${cause.message}`, { cause, hint: cause.hint ?? '' })
      return cause.message
    })
    if (typeof answer === 'string') {
      warnings.add(`objective "${id}" (${gate}) would have no data: ${answer}`)
      continue
    }
    const { series, incomplete, skewMs } = answer
    if (series.every(({ points }) => points.length === 0)) warnings.add(`objective "${id}": its query has no value now`)
    if (incomplete !== null)
      warnings.add(`objective "${id}": the answer is not whole, and a good value would be no data: ${incomplete}`)
    if (skewMs !== null && Math.abs(skewMs) > mostSkewMs) warnings.add(skewText(skewMs))
  }
  return [...warnings]
}

/** Trouble of the server that may be over when it is asked after the load; a refused query stays refused. */
const mayPass = ({ status }: PrometheusError): boolean => status !== null && (status < 300 || status >= 500)

/**
 * Writes what Prometheus knows of a run into its record: for each query the answer and its samples. Replaces what was
 * there, but never samples by none.
 * @returns the queries that failed, as warnings: their series have no data.
 */
export const recordPrometheus = async (
  plan: Plan,
  recordDir: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  env: Env,
): Promise<string[]> => {
  if (plan.prometheus === undefined) return []
  const { url, stepMs } = plan.prometheus
  const before = readAnswers(recordDir)
  const lines: Line[] = []
  const warnings = new Set<string>()
  for (const objective of prometheusQueries(plan)) {
    const [answer, ...samples] = await answerTo(
      objective,
      () => queryRange({ url, headers: prometheusHeaders(env) }, objective.query, { fromMs, toMs, stepMs }),
      stepMs,
      warnings,
    )
    const kept = before.filter((line) => seriesIn(line) === answer.series)
    const [first] = kept
    if (samples.length === 0 && kept.length > 1 && first?.type === 'answer' && first.query === objective.query) {
      lines.push(...kept)
      const why = answer.failed ?? 'Prometheus knows nothing of that time any more'
      warnings.add(`objective "${objective.id}": ${why}: what was recorded stays`)
      continue
    }
    lines.push(answer, ...samples)
    if (answer.failed !== null) warnings.add(`objective "${objective.id}" has no data: ${answer.failed}`)
    if (answer.incomplete !== null)
      warnings.add(`objective "${objective.id}": the answer is not whole: ${answer.incomplete}`)
  }
  writeRecordFile(recordDir, recordFiles.prometheus, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return [...warnings]
}

type Line = AnswerLine | SampleLine

/** The answer to a query and its samples; a query that fails has an answer that says so. */
const answerTo = async (
  { id, query }: Query,
  ask: () => ReturnType<typeof queryRange>,
  stepMs: number,
  warnings: Set<string>,
): Promise<[AnswerLine, ...SampleLine[]]> => {
  const blank = { type: 'answer' as const, series: prometheusSeries(id), query, samples: 0, notNumbersAtMs: [] }
  try {
    const { series, incomplete, skewMs } = await ask()
    if (skewMs !== null && Math.abs(skewMs) > stepMs) return [{ ...blank, failed: skewText(skewMs), incomplete: null }]
    if (skewMs !== null && Math.abs(skewMs) > mostSkewMs) warnings.add(skewText(skewMs))
    const names = namesOf(series)
    const samples = series.flatMap((one, i) => samplesOf(blank.series, names[i] ?? '', one))
    const notNumbersAtMs = [...new Set(series.flatMap((one) => one.notNumbersAtMs))].sort((a, b) => a - b)
    return [{ ...blank, samples: samples.length, failed: null, incomplete, notNumbersAtMs }, ...samples]
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return [{ ...blank, failed: error.message, incomplete: null }]
  }
}

/** What can be read of the file; it is replaced by what is whole. */
const readAnswers = (recordDir: string): Line[] => {
  if (!isInRecord(recordDir, recordFiles.prometheus)) return []
  return readRecordFile(recordDir, recordFiles.prometheus)
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line]
      } catch {
        return []
      }
    })
}

const seriesIn = (line: Line): string | undefined =>
  line.type === 'answer' ? line.series : Object.keys(line.values)[0]

const samplesOf = (name: string, component: string, { points }: PrometheusSeries): SampleLine[] =>
  points.map(([atMs, value]) => ({ type: 'sample', atMs, component, values: { [name]: value } }))

/** A name for each series of an answer, no two the same: what has one name is one series in the record. */
const namesOf = (series: PrometheusSeries[]): string[] => {
  const short = series.map(({ labels: { __name__: _, ...labels } }) => nameOf(labels))
  return short.map((name, i) => {
    const twins = short.slice(0, i).filter((other) => other === name).length
    return twins === 0 ? name : `${name} (${twins + 1})`
  })
}

/** `worker-7d9f` of `{pod="worker-7d9f"}`, `node=a, pod=b` of several labels. */
const nameOf = (labels: Record<string, string>): string => {
  const entries = Object.entries(labels)
  const [only] = entries
  if (only === undefined) return 'Prometheus'
  const text = entries.length === 1 ? only[1] : entries.map(([name, value]) => `${name}=${value}`).join(', ')
  return text.slice(0, 200)
}

const skewText = (skewMs: number): string =>
  `the clock of Prometheus differs from this machine's by about ${Math.round(skewMs / 1000)} s`
