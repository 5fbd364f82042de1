import { defineScenario, isEvery } from '../lib/define.ts'
import * as api from '../lib/novacron.ts'
import { cutShort } from '../lib/request.ts'

/** Every kind of request at a low rate: is it there, and does it behave? */
export default defineScenario({
  description: 'Every operation and every refusal, at a low rate',
  sli: 'POST /vms',
  requests: {
    ...api.createRequests,
    'GET /operations/:id': 3.5,
    'POST /vms/:id/start': 1,
    'POST /vms/:id/migrate': 0.5,
    'POST /vms/:id/stop': 1,
    'GET /vms/:id': 1,
    'GET /vms/:id after migration': 0.5,
    'POST /vms without operation': 1,
    'POST /vms/:id/start no such VM': 1,
    'POST /vms/:id/stop other operation': 1,
  },
  samples: { operation_time: { create: 1, start: 0.9, migrate: 0.4, stop: 0.9 } },
  longestIterationMs: 60_000,
  profiles: {
    smoke: { description: '3 VMs/s', seconds: 15, arrivals: { perSecond: 3 } },
    short: { description: '3 VMs/s', seconds: 60, arrivals: { perSecond: 3 } },
    full: { description: '5 VMs/s for 5 minutes', seconds: 300, arrivals: { perSecond: 5 } },
  },
  run: (iteration) => {
    if (!api.createVm(iteration)) return
    api.refusals(iteration)
    if (api.change(iteration, 'start') === null) return
    if (isEvery(iteration.n, 2, 0) && !api.migrateVm(iteration)) return
    const stopped = api.change(iteration, 'stop')
    if (stopped === 'done') api.readVm(iteration, 'stopped')
    else if (stopped === 'rolled-back') cutShort()
  },
})
