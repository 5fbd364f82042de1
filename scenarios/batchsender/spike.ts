import * as api from '../lib/batchsender.ts'
import { defineScenario, spikeOf } from '../lib/define.ts'

/** From the sustained rate at once to many times of it, and back. */
export default defineScenario({
  description: 'A spike of batches out of the sustained rate',
  sli: 'POST /batches',
  requests: { 'POST /batches': 1, 'GET /batches/:id': 0.5 },
  longestIterationMs: api.batchTimeoutMs + api.readTimeoutMs,
  profiles: {
    smoke: {
      description: 'scaled for one small machine: 2 to 10 batches/s',
      seconds: 15,
      arrivals: spikeOf(2, 10, [3, 9, 3]),
    },
    short: {
      description: 'scaled for one small machine: 2 to 17 batches/s, the documented rate for 40 s',
      seconds: 60,
      arrivals: spikeOf(2, 10_000 / 600, [10, 40, 10]),
    },
    full: {
      description: 'documented: 10,000 batches in 10 minutes, out of 1,000 an hour',
      seconds: 840,
      arrivals: spikeOf(1000 / 3600, 10_000 / 600, [120, 600, 120]),
    },
  },
  run: (iteration) => {
    if (api.postBatch(iteration, 1 + (iteration.n % 20)) && iteration.n % 2 === 0)
      api.getBatch(iteration, iteration.writeId)
  },
})
