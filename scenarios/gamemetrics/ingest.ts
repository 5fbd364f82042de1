import { defineScenario, isEvery, type Profile } from '../lib/define.ts'
import * as api from '../lib/gamemetrics.ts'

/** The documented number counts events: batches per second times their size. */
const batches = {
  smoke: { perSecond: 10, size: 50 },
  short: { perSecond: 20, size: 250 },
  full: { perSecond: 100, size: 500 },
}
/** One batch in so many is followed until dashboards show it. */
const followEvery = 20

const profile = (name: keyof typeof batches, seconds: number, words: string): Profile => {
  const { perSecond, size } = batches[name]
  return {
    description: `${words}: ${perSecond * size} events/s, as ${perSecond} batches/s of ${size}`,
    seconds,
    arrivals: { perSecond },
  }
}

export default defineScenario({
  description: 'Events in batches over HTTP',
  sli: 'POST /events',
  requests: { 'POST /events': 1, 'GET /batches/:id counted': 1 / followEvery },
  samples: { dashboard_lag: { 'dashboard lag': 1 / followEvery } },
  longestIterationMs: api.timeoutMs,
  followMs: api.lagLimitMs,
  // Those that follow a batch, at the full rate for 30 s each.
  extraVus: 150,
  profiles: {
    smoke: profile('smoke', 15, 'scaled for one small machine'),
    short: profile('short', 60, 'scaled for one small machine'),
    full: profile('full', 600, 'documented'),
  },
  run: (iteration) => {
    const { n, profile } = iteration
    const sinceMs = Date.now()
    const accepted = api.postEvents(iteration, batches[profile].size)
    if (accepted && isEvery(n, followEvery, 1)) api.followBatch(iteration, sinceMs)
  },
})
