import { defineScenario } from '../lib/define.ts'
import * as api from '../lib/onboarding.ts'

/** The steady load for a long time: leaks, growing tables, connections that are never given back. */
export default defineScenario({
  ...api.caseLoad,
  description: 'The steady load for a long time',
  profiles: {
    smoke: { description: 'ours: 4 cases/s', seconds: 15, arrivals: { perSecond: 4 } },
    short: { description: 'ours: 5 cases/s for 2 minutes', seconds: 120, arrivals: { perSecond: 5 } },
    full: {
      description: 'ours: 5 cases/s for 8 h (no rate or length is documented)',
      seconds: 28_800,
      arrivals: { perSecond: 5 },
    },
  },
})
