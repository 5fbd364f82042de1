import * as api from '../lib/batchsender.ts'
import { defineScenario } from '../lib/define.ts'

/** Providers call back all at once; one call in ten has no signature or a wrong one and must get 401. */
export default defineScenario({
  description: 'Provider webhooks at a high rate, some of them forged',
  sli: 'POST /webhooks/:provider',
  requests: {
    'POST /webhooks/:provider': 0.9,
    'POST /webhooks/:provider unsigned': 0.05,
    'POST /webhooks/:provider bad signature': 0.05,
  },
  longestIterationMs: api.webhookTimeoutMs,
  profiles: {
    smoke: { description: 'scaled for one small machine: 50 requests/s', seconds: 15, arrivals: { perSecond: 50 } },
    short: { description: 'scaled for one small machine: 200 requests/s', seconds: 60, arrivals: { perSecond: 200 } },
    full: { description: 'documented: 1,000 requests/s', seconds: 600, arrivals: { perSecond: 1000 } },
  },
  run: (iteration) => {
    const place = iteration.n % 20
    api.postWebhook(iteration, iteration.writeId, place === 7 ? 'missing' : place === 17 ? 'wrong' : 'right')
  },
})
