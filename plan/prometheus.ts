import { HoldfastError } from '../model/errors.ts'
import type { Objective } from '../model/objective.ts'
import type { PlannedPrometheus } from '../model/prometheus.ts'
import { prometheusSeries } from '../model/prometheus.ts'

/** Five seconds, and more where Prometheus would refuse a range of more than 11,000 points. */
const stepMs = 5_000
const mostPoints = 10_000

/** What Holdfast asks by itself. */
const ownParameters = ['query', 'start', 'end', 'step', 'time']
const secretParameter = /auth|key|token|secret|pass|sig|credential/i

/**
 * How a run asks the Prometheus server at this address. The API is below the path of the address, and its query goes
 * with every request (`?dedup=true`).
 * @throws HoldfastError when it is no address, or holds what must not go into the record; the message does not repeat it.
 */
export const plannedPrometheus = (address: string, durationMs: number): PlannedPrometheus => {
  const url = URL.parse(address)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    const shown = address.includes('@') ? '' : ` "${address}"`
    throw new HoldfastError(`--prometheus${shown} is not an http or https address`, {
      hint: 'For instance: --prometheus http://127.0.0.1:9090',
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new HoldfastError('--prometheus holds a user name or a password, which would go into the record', {
      hint: 'Give the address without them; set HOLDFAST_PROMETHEUS_USER and HOLDFAST_PROMETHEUS_PASSWORD, or HOLDFAST_PROMETHEUS_TOKEN.',
    })
  }
  const names = [...url.searchParams.keys()]
  const secret = names.find((name) => secretParameter.test(name))
  if (secret !== undefined) {
    throw new HoldfastError(
      `--prometheus: the parameter "${secret}" looks like a secret, which would go into the record`,
      {
        hint: 'Set it as a header in HOLDFAST_PROMETHEUS_HEADERS, or as HOLDFAST_PROMETHEUS_TOKEN.',
      },
    )
  }
  const own = names.find((name) => ownParameters.includes(name))
  if (own !== undefined || url.hash !== '') {
    throw new HoldfastError(`--prometheus: "${own ?? url.hash}" does not belong into the address of a server`, {
      hint: `Give the address below which the API is: ${url.origin}${basePath(url)}`,
    })
  }
  url.pathname = basePath(url)
  return {
    url: url.pathname === '/' && url.search === '' ? url.origin : url.href,
    stepMs: Math.max(stepMs, Math.ceil(durationMs / mostPoints / 1000) * 1000),
  }
}

/** Without the API's own part, and without the page of graphs, which are what people copy. */
const basePath = ({ pathname }: URL): string =>
  pathname.replace(/\/(api\/v1(\/query(_range)?)?|graph)?\/*$/, '').replace(/\/+$/, '')

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
