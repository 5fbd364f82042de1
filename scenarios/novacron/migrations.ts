import { defineScenario } from '../lib/define.ts'
import * as api from '../lib/novacron.ts'

/** VMs that are moved to the other zone as soon as they run: what a zone that is lost meets in the middle. */
export default defineScenario({
  description: 'VMs that are created, started and moved to the other zone',
  sli: 'POST /vms',
  requests: {
    ...api.createRequests,
    'GET /operations/:id': 3,
    'POST /vms/:id/start': 1,
    'POST /vms/:id/migrate': 1,
    'GET /vms/:id after migration': 1,
  },
  samples: { operation_time: { create: 1, start: 0.9, migrate: 0.9 } },
  longestIterationMs: 60_000,
  profiles: {
    smoke: { description: 'ours: 2 VMs/s', seconds: 15, arrivals: { perSecond: 2 } },
    short: { description: 'ours: 3 VMs/s', seconds: 45, arrivals: { perSecond: 3 } },
    full: { description: 'ours: 10 VMs/s (no rate is documented)', seconds: 600, arrivals: { perSecond: 10 } },
  },
  run: (iteration) => {
    if (!api.createVm(iteration)) return
    if (api.change(iteration, 'start') === null) return
    api.migrateVm(iteration)
  },
})
