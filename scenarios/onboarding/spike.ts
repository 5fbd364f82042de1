import { defineScenario, spikeOf } from '../lib/define.ts'
import * as api from '../lib/onboarding.ts'

/** From the steady rate at once to many times of it, and back. */
export default defineScenario({
  ...api.caseLoad,
  description: 'A spike of cases out of the steady rate',
  profiles: {
    smoke: { description: 'ours: 2 to 6 cases/s', seconds: 15, arrivals: spikeOf(2, 6, [3, 9, 3]) },
    short: { description: 'ours: 2 to 10 cases/s', seconds: 45, arrivals: spikeOf(2, 10, [15, 15, 15]) },
    full: {
      description: 'ours: 5 to 25 cases/s for 5 minutes (no spike is documented)',
      seconds: 900,
      arrivals: spikeOf(5, 25, [300, 300, 300]),
    },
  },
})
