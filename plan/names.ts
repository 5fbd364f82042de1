import { podSeries } from '../model/cluster.ts'
import type { Declared, DeclaredNames } from '../model/declared.ts'
import { HoldfastError } from '../model/errors.ts'
import type { CountObjective, Objective, ProportionObjective } from '../model/objective.ts'
import { didYouMean } from '../model/parse.ts'
import { isPrometheusSeries } from '../model/prometheus.ts'
import type { System } from '../model/system.ts'
import { requestMetric } from '../model/window.ts'

/** Metrics with one sample per request, whose names are those of the scenarios' `requests`. */
const requestMetrics = [requestMetric, 'http_req_duration', 'http_req_failed']
/** k6's own metrics that its output to Holdfast leaves out, as a pattern of their names. */
const unmeasured = /^(http_reqs?|grpc|ws|websocket|browser|iterations?|dropped_iterations|group|data|vus|checks)(_|$)/
/** What is sampled of every process, and of every component's pods. */
const sampledSeries = [
  'process_resident_bytes',
  'process_cpu_seconds',
  'process_start_ticks',
  ...Object.values(podSeries),
]

/**
 * Refuses an objective with a name that nothing declares: its samples could never come, and a required objective would
 * lose its force without a word. What another game day could measure is no mistake.
 * @param place What the objectives stand in, for the error: `slos/shop.yaml`.
 * @throws HoldfastError with the name, and the one that was probably meant.
 */
export const checkNames = (objectives: readonly Objective[], declared: Declared, place: string): void => {
  for (const objective of objectives) {
    const refuse = (what: string, hint: string): never => {
      throw new HoldfastError(`${place}: objective "${objective.id}": ${what}`, { hint })
    }
    if (objective.kind === 'proportion' || objective.kind === 'count') checkSamples(objective, declared, refuse)
    for (const named of seriesIn(objective)) checkSeries(named, declared, refuse)
  }
}

/** Of each component the series that the system lists for it. */
export const seriesOf = ({ components }: Pick<System, 'components'>): Declared['series'] =>
  Object.fromEntries(Object.entries(components).map(([name, { series }]) => [name, series ?? null]))

interface Named {
  key: string
  series: string
  component?: string
}

/** Every series that an objective names; a query gives a series of its own. */
const seriesIn = (objective: Objective): Named[] => {
  if (objective.kind !== 'gauge' && objective.kind !== 'reaction' && objective.kind !== 'growth') return []
  const { series, component } = objective
  const named: Named[] = []
  const isAnswer = objective.kind !== 'growth' && objective.query !== undefined && isPrometheusSeries(series)
  if (!isAnswer) named.push({ key: 'series', series, ...(component === undefined ? {} : { component }) })
  if (objective.kind === 'gauge' && objective.whileSeries !== undefined)
    named.push({ key: 'whileSeries', series: objective.whileSeries })
  if (objective.kind === 'reaction' && typeof objective.after !== 'string')
    named.push({ key: 'after.series', ...objective.after })
  return named
}

type Refuse = (what: string, hint: string) => never

const checkSamples = ({ sli }: ProportionObjective | CountObjective, declared: Declared, refuse: Refuse): void => {
  const { scenarios, unreadable } = declared
  const all = Object.keys(scenarios)
  const unknown = sli.scenarios?.find((name) => !all.includes(name))
  if (unknown !== undefined)
    refuse(`scenarios: ${unreadable[unknown] ?? `there is no scenario "${unknown}"`}`, didYouMean(unknown, all))

  const custom = [...new Set(Object.values(scenarios).flatMap(({ samples }) => Object.keys(samples)))]
  const metrics = [...requestMetrics, ...custom]
  if (!metrics.includes(sli.metric)) {
    if (unmeasured.test(sli.metric))
      refuse(`metric: k6's own ${sli.metric} is not measured`, `Measured are: ${metrics.join(', ')}.`)
    refuse(`metric: no scenario declares samples of "${sli.metric}"`, withUnreadable(sli.metric, metrics, unreadable))
  }

  const selected = sli.scenarios ?? all
  const names = [...new Set(selected.flatMap((name) => namesOf(scenarios[name], sli.metric)))]
  const undeclared = sli.names?.find((name) => !names.includes(name))
  if (undeclared === undefined) return
  const who = sli.scenarios === undefined ? 'no scenario' : `none of ${sli.scenarios.join(', ')}`
  const what = requestMetrics.includes(sli.metric) ? 'the request' : `samples of ${sli.metric} named`
  refuse(`requests: ${who} declares ${what} "${undeclared}"`, withUnreadable(undeclared, names, unreadable))
}

const namesOf = (scenario: DeclaredNames | undefined, metric: string): string[] =>
  requestMetrics.includes(metric) ? (scenario?.requests ?? []) : (scenario?.samples[metric] ?? [])

/** A scenario that cannot be read may be the one that declares the name. */
const withUnreadable = (name: string, known: readonly string[], unreadable: Declared['unreadable']): string =>
  [
    known.length === 1 ? `Did you mean "${known[0]}"?` : didYouMean(name, known),
    ...Object.values(unreadable).map((reason) => `Not read: ${reason}.`),
  ].join(' ')

/** A component that does not list its series may have any: only a near miss of what is known is refused then. */
const checkSeries = ({ key, series, component }: Named, declared: Declared, refuse: Refuse): void => {
  const lists = component === undefined ? Object.values(declared.series) : [declared.series[component] ?? null]
  const known = [...new Set([...sampledSeries, ...lists.flatMap((list) => list ?? [])])]
  if (known.includes(series)) return
  const hint = didYouMean(series, known)
  if (lists.includes(null) && !hint.startsWith('Did you mean')) return
  refuse(
    `${key}: ${component ?? 'no component'} ${component === undefined ? 'has' : 'has no'} series "${series}"`,
    hint,
  )
}
