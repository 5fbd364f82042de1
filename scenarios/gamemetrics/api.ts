import { defineScenario, isEvery } from '../lib/define.ts'
import { getDashboard, getPlayer, timeoutMs } from '../lib/gamemetrics.ts'

/** Players' figures, and now and then the dashboard. */
export default defineScenario({
  description: 'API requests',
  sli: 'GET /players/:player',
  requests: { 'GET /players/:player': 0.95, 'GET /dashboard': 0.05 },
  longestIterationMs: timeoutMs,
  profiles: {
    smoke: { description: 'scaled for one small machine: 20 requests/s', seconds: 15, arrivals: { perSecond: 20 } },
    short: { description: 'scaled for one small machine: 100 requests/s', seconds: 60, arrivals: { perSecond: 100 } },
    full: { description: 'documented: 5,000 requests/s', seconds: 600, arrivals: { perSecond: 5000 } },
  },
  run: ({ n }) => {
    if (isEvery(n, 20, 7)) getDashboard()
    else getPlayer(n)
  },
})
