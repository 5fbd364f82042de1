import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HoldfastError } from '../model/errors.ts'
import type { GaugeObjective, ReactionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import { prometheusSeries } from '../model/prometheus.ts'
import type { SampleLine } from '../model/window.ts'
import type { PrometheusSeries, PrometheusServer } from './prometheus-api.ts'
import { queryNow, queryRange } from './prometheus-api.ts'
import { recordFiles } from './record.ts'

/** Beyond this the answers stand beside the wrong seconds of the run. */
const mostSkewMs = 2_000

/** Environment variable with a token for the server; never an option, since options go into the record. */
export const prometheusTokenName = 'HOLDFAST_PROMETHEUS_TOKEN'

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
 * Asks every query once, before anything starts.
 * @throws HoldfastError when the server does not answer, or refuses a query.
 * @returns what is allowed and probably not meant.
 */
export const checkPrometheus = async (plan: Plan, token: string | undefined): Promise<string[]> => {
  if (plan.prometheus === undefined) return []
  const queries = prometheusQueries(plan)
  if (queries.length === 0) return ['--prometheus: no objective of this run has a query']
  const server = { url: plan.prometheus.url, token }
  const warnings: string[] = []
  for (const { id, query } of queries) {
    const { series, skewMs } = await queryNow(server, query).catch((cause: unknown) => {
      throw cause instanceof HoldfastError
        ? new HoldfastError(`objective "${id}": ${cause.message}`, { cause, hint: cause.hint ?? '' })
        : cause
    })
    if (series.every(({ points }) => points.length === 0))
      warnings.push(`objective "${id}": its query has no value now`)
    const skewed = skewText(skewMs)
    if (skewed !== null && !warnings.includes(skewed)) warnings.push(skewed)
  }
  return warnings
}

/**
 * Writes what Prometheus knows of a run into its record, as samples; replaces what was there, but never by nothing.
 * @returns the queries that failed, as warnings: their series have no data.
 */
export const recordPrometheus = async (
  plan: Plan,
  recordDir: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  token: string | undefined,
): Promise<string[]> => {
  if (plan.prometheus === undefined) return []
  const { url, stepMs } = plan.prometheus
  const server: PrometheusServer = { url, token }
  const lines: SampleLine[] = []
  const warnings: string[] = []
  for (const objective of prometheusQueries(plan)) {
    try {
      const { series, skewMs } = await queryRange(server, objective.query, { fromMs, toMs, stepMs })
      lines.push(...series.flatMap((one) => samplesOf(objective, one)))
      const skewed = skewText(skewMs)
      if (skewed !== null && !warnings.includes(skewed)) warnings.push(skewed)
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      warnings.push(`objective "${objective.id}" has no data: ${error.message}`)
    }
  }
  const file = join(recordDir, recordFiles.prometheus)
  if (lines.length === 0 && existsSync(file) && statSync(file).size > 0)
    return [...warnings, 'Prometheus knows nothing of that time any more: what was recorded stays']
  writeFileSync(`${file}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return warnings
}

const samplesOf = ({ id }: Query, { labels, points }: PrometheusSeries): SampleLine[] =>
  points.map(([atMs, value]) => ({
    type: 'sample',
    atMs,
    component: nameOf(labels),
    values: { [prometheusSeries(id)]: value },
  }))

/** `worker-7d9f` of `{pod="worker-7d9f"}`, `node=a, pod=b` of several labels. */
const nameOf = ({ __name__: _, ...labels }: Record<string, string>): string => {
  const entries = Object.entries(labels)
  const [only] = entries
  if (only === undefined) return 'Prometheus'
  const text = entries.length === 1 ? only[1] : entries.map(([name, value]) => `${name}=${value}`).join(', ')
  return text.slice(0, 200)
}

const skewText = (skewMs: number | null): string | null =>
  skewMs === null || Math.abs(skewMs) <= mostSkewMs
    ? null
    : `the clock of Prometheus differs from this machine's by about ${Math.round(skewMs / 1000)} s`
