import { defineScenario } from '../lib/define.ts'
import { predict, timeoutMs } from '../lib/gamemetrics.ts'

/** What a player may like, asked for one player after the other. */
export default defineScenario({
  description: 'Predictions',
  sli: 'POST /predictions',
  requests: { 'POST /predictions': 1 },
  longestIterationMs: timeoutMs,
  profiles: {
    smoke: { description: 'scaled for one small machine: 5 predictions/s', seconds: 15, arrivals: { perSecond: 5 } },
    short: { description: 'scaled for one small machine: 20 predictions/s', seconds: 60, arrivals: { perSecond: 20 } },
    full: { description: 'documented: 1,000 predictions/s', seconds: 600, arrivals: { perSecond: 1000 } },
  },
  run: ({ n }) => predict(n),
})
