import type { Link, System } from '../../model/system.ts'
import { containerParts } from '../lib/container-parts.ts'
import { localParts } from '../lib/local-parts.ts'
import { poolSeries, serviceSeries } from '../lib/series.ts'
import { auditCases } from './audit.ts'
import { options } from './options.ts'
import { describeParts } from './parts.ts'
import { weaknesses } from './weaknesses.ts'

const links: Link[] = [
  { from: 'client', to: 'api' },
  { from: 'client', to: 'projections' },
  { from: 'api', to: 'postgres' },
  { from: 'projections', to: 'postgres' },
  { from: 'projections', to: 'cache' },
  { from: 'relay', to: 'postgres' },
  { from: 'relay', to: 'nats' },
  { from: 'worker', to: 'postgres' },
  { from: 'worker', to: 'nats' },
  { from: 'worker', to: 'cache' },
  { from: 'worker', to: 'partner' },
]

/** Onboarding: KYC/KYB cases. Locally a stand-in of the same shape, on real PostgreSQL. */
export const onboarding: System = {
  name: 'onboarding',
  title: 'Onboarding (KYC/KYB)',
  components: {
    api: {
      role: 'cases, documents, checklist, risk and decisions',
      replicas: 1,
      standsFor: 'one stand-in process for onboarding-api, document-, checklist-, risk- and auditlog-service',
      series: [...serviceSeries, ...poolSeries],
    },
    projections: {
      role: 'reads of cases',
      replicas: 1,
      standsFor: 'a stand-in of projections-api',
      series: [...serviceSeries, ...poolSeries],
    },
    relay: {
      role: 'tells the queue what was stored',
      replicas: 1,
      standsFor: 'a stand-in of outbox-relay',
      series: [...serviceSeries, 'queue_depth'],
    },
    worker: {
      role: 'scans documents, sums up cases, sends webhooks',
      replicas: 2,
      standsFor:
        'one stand-in process for document scanning, projections and webhook-dispatcher (notification-service: none)',
      series: [...serviceSeries, ...poolSeries, 'consumer_lag'],
    },
    partner: {
      role: 'receives the webhooks',
      replicas: 1,
      standsFor: 'a fake of the customer that webhooks go to',
      series: [...serviceSeries, 'webhooks_badly_signed_total'],
    },
    postgres: {
      role: 'holds cases, documents, audit log and outbox',
      replicas: 1,
      standsFor: 'PostgreSQL, and MinIO (documents) too',
      series: [],
    },
    nats: { role: 'events (JetStream)', replicas: 1, standsFor: 'NATS JetStream for Kafka', series: [] },
    cache: {
      role: 'keeps reads for seconds',
      replicas: 1,
      standsFor: 'a small Node process for Redis',
      series: [...serviceSeries, 'cache_keys'],
    },
  },
  links,
  sloFile: 'slos/onboarding.yaml',
  weaknesses,
  options,
  secretEnv: ['ONBOARDING_WEBHOOK_SECRET'],
  local: localParts(links, describeParts),
  containers: containerParts(links, describeParts),
  audit: auditCases,
  externalEnv: ({ ONBOARDING_PROJECTIONS_URL: url }) => (url ? { ONBOARDING_PROJECTIONS_URL: url } : {}),
}
