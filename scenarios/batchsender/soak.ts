import * as api from '../lib/batchsender.ts'
import { defineScenario } from '../lib/define.ts'

/** The sustained load for a day: leaks, growing tables, connections that are never given back. */
export default defineScenario({
  description: 'The sustained load for a long time',
  sli: 'POST /batches',
  requests: api.batchMixRequests,
  samples: api.batchMixSamples,
  longestIterationMs: api.batchTimeoutMs + 2 * api.readTimeoutMs,
  extraVus: 10,
  profiles: {
    smoke: { description: 'scaled for one small machine: 5 batches/s', seconds: 15, arrivals: { perSecond: 5 } },
    short: { description: 'scaled for one small machine: 10 batches/s', seconds: 120, arrivals: { perSecond: 10 } },
    full: {
      description: 'documented: 24 h at 1,000 batches/hour',
      seconds: 86_400,
      arrivals: { perSecond: 1000 / 3600 },
    },
  },
  run: api.batchMix,
})
