import { HoldfastError } from '../../model/errors.ts'
import type { Link, System } from '../../model/system.ts'
import { containerParts } from '../lib/container-parts.ts'
import { localParts } from '../lib/local-parts.ts'
import { poolSeries, serviceSeries } from '../lib/series.ts'
import { auditBatches } from './audit.ts'
import { options } from './options.ts'
import { describeParts } from './parts.ts'
import { weaknesses } from './weaknesses.ts'

const links: Link[] = [
  { from: 'client', to: 'ingestion' },
  { from: 'client', to: 'users' },
  { from: 'client', to: 'recommendations' },
  { from: 'ingestion', to: 'nats' },
  { from: 'processor', to: 'nats' },
  { from: 'processor', to: 'postgres' },
  { from: 'users', to: 'postgres' },
  { from: 'recommendations', to: 'postgres' },
  { from: 'recommendations', to: 'cache' },
]

const standIn = (of: string): string => `a stand-in of GameMetrics' ${of}, one for its 3 to 20 replicas`

/** GameMetrics: player analytics. Locally a stand-in of the four services that the documents name. */
export const gamemetrics: System = {
  name: 'gamemetrics',
  title: 'GameMetrics (player analytics)',
  components: {
    ingestion: {
      role: 'takes batches of events',
      replicas: 1,
      standsFor: standIn('event-ingestion'),
      series: [...serviceSeries, 'events_ingested_total'],
    },
    processor: {
      role: 'counts events into the read model',
      replicas: 1,
      standsFor: standIn('event-processor'),
      series: [...serviceSeries, ...poolSeries, 'consumer_lag', 'events_processed_total'],
    },
    users: {
      role: 'API of players and dashboards',
      replicas: 1,
      standsFor: standIn('user-service'),
      series: [...serviceSeries, ...poolSeries, 'api_requests_total'],
    },
    recommendations: {
      role: 'predicts what a player may like',
      replicas: 1,
      standsFor: `${standIn('recommendation-engine')}, with a formula for its model`,
      series: [...serviceSeries, ...poolSeries, 'predictions_total'],
    },
    postgres: { role: 'holds the read model', replicas: 1, standsFor: 'PostgreSQL for TimescaleDB on RDS', series: [] },
    nats: { role: 'topic of raw events (JetStream)', replicas: 1, standsFor: 'NATS JetStream for Kafka', series: [] },
    cache: {
      role: 'keeps figures of players',
      replicas: 1,
      standsFor: 'a Node cache for Redis',
      series: [...serviceSeries, 'cache_keys'],
    },
  },
  links,
  sloFile: 'slos/gamemetrics.yaml',
  weaknesses,
  options,
  secretEnv: [],
  local: localParts(links, describeParts),
  containers: containerParts(links, describeParts),
  audit: auditBatches,
  externalEnv: (userEnv) => {
    const { GAMEMETRICS_USERS_URL, GAMEMETRICS_RECOMMENDATIONS_URL } = userEnv
    if (GAMEMETRICS_USERS_URL && GAMEMETRICS_RECOMMENDATIONS_URL) {
      return { GAMEMETRICS_USERS_URL, GAMEMETRICS_RECOMMENDATIONS_URL }
    }
    throw new HoldfastError('GAMEMETRICS_USERS_URL or GAMEMETRICS_RECOMMENDATIONS_URL is not set', {
      hint: 'Export the addresses of both services; --base-url is that of event-ingestion.',
    })
  },
}
