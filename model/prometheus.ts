/** What a plan says of the Prometheus server that answers its queries; no secrets. */
export interface PlannedPrometheus {
  url: string
  /** Distance of the points that are asked for. */
  stepMs: number
}

const prefix = 'prometheus:'

/** Name in the record of the series that an objective's query gives. */
export const prometheusSeries = (objectiveId: string): string => `${prefix}${objectiveId}`

export const isPrometheusSeries = (series: string): boolean => series.startsWith(prefix)
