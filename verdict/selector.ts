import type { SliSelector } from '../model/objective.ts'
import { requestMetric } from '../model/window.ts'

/** Metrics that have one sample per HTTP request. */
export const requestMetrics: readonly string[] = [requestMetric, 'http_req_duration', 'http_req_failed']

/** Whether samples with this metric, scenario and request name belong to the SLI. */
export const selects = (sli: SliSelector, metric: string, scenario: string, name: string): boolean =>
  sli.metric === metric &&
  (sli.names === undefined || sli.names.includes(name)) &&
  (sli.scenarios === undefined || sli.scenarios.includes(scenario))

/**
 * Whether dropped and interrupted iterations of a load count against the SLI: it names the request
 * that the load names, or means all requests.
 */
export const takesDrops = (sli: SliSelector, scenario: string, request: string): boolean =>
  (sli.scenarios === undefined || sli.scenarios.includes(scenario)) &&
  (sli.names === undefined ? requestMetrics.includes(sli.metric) : request !== '' && sli.names.includes(request))
