import * as api from '../lib/batchsender.ts'
import { defineScenario } from '../lib/define.ts'

/** Batches at a steady rate, read back, some followed to completion, now and then one of 10,000 recipients. */
export default defineScenario({
  description: 'Batches at a steady rate',
  sli: 'POST /batches',
  requests: api.batchMixRequests,
  samples: api.batchMixSamples,
  longestIterationMs: api.batchTimeoutMs + 2 * api.readTimeoutMs,
  extraVus: 10,
  profiles: {
    smoke: { description: 'scaled for one small machine: 5 batches/s', seconds: 15, arrivals: { perSecond: 5 } },
    short: { description: 'scaled for one small machine: 5 batches/s', seconds: 60, arrivals: { perSecond: 5 } },
    full: { description: 'documented: 1,000 batches/hour', seconds: 3600, arrivals: { perSecond: 1000 / 3600 } },
  },
  run: api.batchMix,
})
