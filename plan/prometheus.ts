import { HoldfastError } from '../model/errors.ts'
import type { Objective } from '../model/objective.ts'
import type { PlannedPrometheus } from '../model/prometheus.ts'
import { prometheusSeries } from '../model/prometheus.ts'

/** Five seconds, and more where Prometheus would refuse a range of more than 11,000 points. */
const stepMs = 5_000
const mostPoints = 10_000

/**
 * How a run asks the Prometheus server at this address.
 * @throws HoldfastError when it is no address, or holds credentials, which would go into the record.
 */
export const plannedPrometheus = (address: string, durationMs: number): PlannedPrometheus => {
  const url = URL.parse(address)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new HoldfastError(`--prometheus "${address}" is not an http or https address`, {
      hint: 'For instance: --prometheus http://127.0.0.1:9090',
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new HoldfastError('--prometheus holds a user name or a password, which would go into the record', {
      hint: 'Give the address without them, and a token in HOLDFAST_PROMETHEUS_TOKEN.',
    })
  }
  return { url: address, stepMs: Math.max(stepMs, Math.ceil(durationMs / mostPoints / 1000) * 1000) }
}

/**
 * Objectives that have a query read its answer instead of the sampler's series. What the query
 * selects is all that counts, so the sampler's own selection goes; and a query of a rate answers
 * with the rate itself, which only has to be averaged.
 */
export const fromPrometheus = (objectives: Objective[]): Objective[] =>
  objectives.map((objective) => {
    const hasQuery = (objective.kind === 'gauge' || objective.kind === 'reaction') && objective.query !== undefined
    if (!hasQuery) return objective
    const { component: _component, ...rest } = objective
    if (rest.kind === 'gauge') {
      delete rest.whileSeries
      if (rest.aggregate === 'rate') rest.aggregate = 'mean'
    }
    return { ...rest, series: prometheusSeries(objective.id) }
  })
