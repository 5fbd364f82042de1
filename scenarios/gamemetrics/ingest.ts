import { defineScenario, isEvery } from '../lib/define.ts'
import * as api from '../lib/gamemetrics.ts'

/** Events per batch. The documented number counts events, so rate and size make it together. */
const size = { smoke: 100, short: 250, full: 500 }
/** Every so many batches one is followed until dashboards show it. */
const followEvery = { smoke: 4, short: 10, full: 100 }

export default defineScenario({
  description: 'Events in batches over HTTP',
  sli: 'POST /events',
  requests: { 'POST /events': 1, 'GET /batches/:id counted': 0.1 },
  samples: { dashboard_lag: { 'dashboard lag': 0.1 } },
  longestIterationMs: api.timeoutMs,
  extraVus: 80,
  profiles: {
    smoke: {
      description: 'scaled for one small machine: 500 events/s, as 5 batches/s of 100',
      seconds: 15,
      arrivals: { perSecond: 5 },
    },
    short: {
      description: 'scaled for one small machine: 5,000 events/s, as 20 batches/s of 250',
      seconds: 60,
      arrivals: { perSecond: 20 },
    },
    full: {
      description: 'documented: 50,000 events/s, as 100 batches/s of 500',
      seconds: 600,
      arrivals: { perSecond: 100 },
    },
  },
  run: (iteration) => {
    const { n, profile } = iteration
    const sinceMs = Date.now()
    const accepted = api.postEvents(iteration, size[profile])
    if (accepted && isEvery(n, followEvery[profile], 1)) api.followBatch(iteration, sinceMs)
  },
})
