import { defineScenario, isEvery } from '../lib/define.ts'
import * as api from '../lib/novacron.ts'

const thinkSeconds = 4

/**
 * Concurrent users: each is a virtual user with a session of about 25 s, most of it thinking. They arrive at a
 * steady rate, so there are rate x session of them at a time. For profile full k6 keeps 25,000 virtual users
 * ready, in case every session takes its longest: 0.2 MB each, 5 GB in all.
 */
export default defineScenario({
  description: 'Users who create a VM, start, move and stop it, and think in between',
  sli: 'POST /vms',
  requests: {
    ...api.createRequests,
    'GET /operations/:id': 3.5,
    'POST /vms/:id/start': 1,
    'POST /vms/:id/migrate': 0.5,
    'POST /vms/:id/stop': 1,
    'GET /vms/:id': 2,
    'GET /vms/:id after migration': 0.5,
  },
  samples: { operation_time: { create: 1, start: 0.8, migrate: 0.4, stop: 0.6 } },
  longestIterationMs: 60_000,
  profiles: {
    smoke: { description: 'scaled: about 50 users at a time', seconds: 15, arrivals: { perSecond: 2 } },
    short: {
      description: 'scaled for one small machine: about 75 users at a time',
      seconds: 60,
      arrivals: { perSecond: 3 },
    },
    full: {
      description: 'documented: 10,000+ users at a time (about 10,500)',
      seconds: 900,
      arrivals: { perSecond: 420 },
    },
  },
  run: (iteration) => {
    if (!api.createVm(iteration) || !api.think(thinkSeconds)) return
    if (!api.readVm(iteration, 'stopped') || !api.think(thinkSeconds)) return
    if (api.change(iteration, 'start') === null || !api.think(thinkSeconds)) return
    if (isEvery(iteration.n, 2, 0) && !api.migrateVm(iteration)) return
    if (!api.think(thinkSeconds)) return
    if (!api.readVm(iteration, 'running') || !api.think(thinkSeconds)) return
    if (api.change(iteration, 'stop') === null || !api.think(thinkSeconds)) return
    api.readVm(iteration, 'stopped')
  },
})
