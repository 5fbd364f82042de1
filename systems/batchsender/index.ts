import { HoldfastError } from '../../model/errors.ts'
import type { Link, System } from '../../model/system.ts'
import { containerParts } from '../lib/container-parts.ts'
import { localParts } from '../lib/local-parts.ts'
import { podLabels } from '../lib/pod-labels.ts'
import { poolSeries, serviceSeries } from '../lib/series.ts'
import { auditBatches } from './audit.ts'
import { options } from './options.ts'
import { describeParts } from './parts.ts'
import { weaknesses } from './weaknesses.ts'

const links: Link[] = [
  { from: 'client', to: 'api' },
  { from: 'api', to: 'postgres' },
  { from: 'api', to: 'nats' },
  { from: 'worker', to: 'postgres' },
  { from: 'worker', to: 'nats' },
  { from: 'worker', to: 'provider' },
  { from: 'provider', to: 'api' },
]

/** BatchSender: bulk e-mail. Locally a stand-in of the same shape, on real PostgreSQL and NATS. */
export const batchsender: System = {
  name: 'batchsender',
  title: 'BatchSender (bulk e-mail)',
  components: {
    api: {
      role: 'takes batches and webhooks',
      replicas: 1,
      standsFor: 'a stand-in of the BatchSender API',
      series: [...serviceSeries, ...poolSeries],
    },
    worker: {
      role: 'sends batches through the provider',
      replicas: 2,
      standsFor: 'a stand-in of the BatchSender worker',
      series: [
        ...serviceSeries,
        ...poolSeries,
        'queue_depth',
        'stale_consumers',
        'emails_sent_total',
        'batches_in_hand',
        'batches_given_back_total',
        'provider_breaker_state',
      ],
    },
    provider: {
      role: 'accepts e-mails, reports deliveries',
      replicas: 1,
      standsFor: 'a fake mail provider for SES and Resend',
      series: [
        ...serviceSeries,
        'emails_accepted_total',
        'duplicates_total',
        'callbacks_waiting',
        'sends_refused_total',
      ],
    },
    postgres: { role: 'holds batches, recipients and webhook events', replicas: 1, series: [] },
    nats: { role: 'work queue of batches (JetStream)', replicas: 1, series: [] },
  },
  links,
  sloFile: 'slos/batchsender.yaml',
  weaknesses,
  options,
  secretEnv: ['BATCHSENDER_WEBHOOK_SECRET'],
  local: localParts(links, describeParts),
  containers: containerParts(links, describeParts),
  kubernetes: {
    selectors: podLabels('batchsender', ['api', 'worker', 'provider', 'postgres', 'nats']),
    forward: {
      base: { service: 'api', port: 8080 },
      env: { BATCHSENDER_PROVIDER_URL: { service: 'provider', port: 8080 } },
    },
  },
  audit: auditBatches,
  externalEnv: (userEnv) => {
    const secret = userEnv.BATCHSENDER_WEBHOOK_SECRET
    const provider = userEnv.BATCHSENDER_PROVIDER_URL
    if (secret) {
      return { BATCHSENDER_WEBHOOK_SECRET: secret, ...(provider && { BATCHSENDER_PROVIDER_URL: provider }) }
    }
    throw new HoldfastError('BATCHSENDER_WEBHOOK_SECRET is not set', {
      hint: 'Export the secret that the deployment checks webhook signatures with.',
    })
  },
}
