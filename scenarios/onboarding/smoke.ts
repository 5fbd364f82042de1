import { defineScenario, isEvery } from '../lib/define.ts'
import * as api from '../lib/onboarding.ts'

/** Every kind of request at a low rate: is it there, and does it behave? */
export default defineScenario({
  ...api.caseLoad,
  description: 'Cases through their whole life, and every refusal, at a low rate',
  requests: {
    ...api.caseLifeRequests,
    // Every fifth case has an infected document, and goes no further.
    'POST /cases repeated': 0.4,
    'POST /cases/:id/documents/:id/verify': 0.8,
    'POST /cases/:id/decision': 0.8,
    'POST /cases/:id/decision repeated': 0.4,
    'GET /projections/cases/:id': 0.8,
    'POST /cases without key': 0.4,
    'POST /cases other request': 0.4,
    'POST /cases/:id/documents/:id/verify infected': 0.2,
    'POST /cases/:id/decision too early': 0.2,
  },
  samples: { case_completion: { case: 0.8 } },
  profiles: {
    smoke: { description: '4 cases/s', seconds: 15, arrivals: { perSecond: 4 } },
    short: { description: '4 cases/s', seconds: 60, arrivals: { perSecond: 4 } },
    full: { description: '4 cases/s for 5 minutes', seconds: 300, arrivals: { perSecond: 4 } },
  },
  run: (iteration) => {
    if (isEvery(iteration.n, 5, 4)) return api.infectedCase(iteration)
    api.caseLife(iteration)
    if (isEvery(iteration.n, 2, 0)) api.refusals(iteration)
  },
})
