import { defineScenario } from '../lib/define.ts'
import * as api from '../lib/todo.ts'

/** Tasks are made, read, changed, completed and deleted; some repeat; now and then somebody signs in too often. */
export default defineScenario({
  description: 'Tasks through their life, at a steady rate',
  sli: 'POST /tasks',
  requests: api.taskMixRequests,
  samples: api.taskMixSamples,
  longestIterationMs: 4 * api.timeoutMs,
  followMs: api.missedAfterMs,
  // Those that wait for the next of a repeating task.
  extraVus: 20,
  profiles: {
    smoke: { description: 'own rate, since none is documented: 5 tasks/s', seconds: 15, arrivals: { perSecond: 5 } },
    short: { description: 'own rate, since none is documented: 8 tasks/s', seconds: 60, arrivals: { perSecond: 8 } },
    full: { description: 'own rate, since none is documented: 50 tasks/s', seconds: 600, arrivals: { perSecond: 50 } },
  },
  run: api.taskMix,
})
