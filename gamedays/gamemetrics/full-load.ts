import type { GameDay } from '../../model/gameday.ts'
import type { ResilienceObjectiveSpec } from '../../model/slo.ts'

const rate = (series: string, component: string, value: number, source: string): ResilienceObjectiveSpec => ({
  name: series.replaceAll('_', '-'),
  title: `${component}: ${source}`,
  source,
  measure: 'rate',
  series,
  component,
  phases: ['steady'],
  op: 'gte',
  // Arrivals of an open model meet their rate on average: 1 % below it counts as met.
  value: value * 0.99,
  unit: 'perSecond',
})

export default {
  title: 'GameMetrics at its documented load',
  purpose: 'All three documented rates at once, for ten minutes: are they met, and do dashboards keep up?',
  system: 'gamemetrics',
  profile: 'full',
  load: [{ scenario: 'ingest' }, { scenario: 'api' }, { scenario: 'predictions' }],
  warmUp: '30s',
  steady: '10m',
  faults: [],
  objectives: [
    rate('events_ingested_total', 'ingestion', 50_000, '50,000 events/s sustained'),
    rate('api_requests_total', 'users', 5_000, '5,000 API requests/s'),
    rate('predictions_total', 'recommendations', 1_000, '1,000 predictions/s'),
  ],
  leavesOut: ['rto', 'rpo'],
} satisfies GameDay
