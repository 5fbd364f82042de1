import { defineScenario } from '../lib/define.ts'
import * as api from '../lib/onboarding.ts'

/** Cases at a steady rate, each from its creation to the webhook of its decision. */
export default defineScenario({
  ...api.caseLoad,
  description: 'Cases at a steady rate, through their whole life',
  profiles: {
    smoke: { description: 'ours: 4 cases/s (no rate is documented)', seconds: 15, arrivals: { perSecond: 4 } },
    short: { description: 'ours: 5 cases/s (no rate is documented)', seconds: 60, arrivals: { perSecond: 5 } },
    full: {
      description: 'ours: 10 cases/s for 15 minutes (no rate is documented)',
      seconds: 900,
      arrivals: { perSecond: 10 },
    },
  },
})
