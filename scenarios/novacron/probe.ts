import { defineScenario } from '../lib/define.ts'
import * as api from '../lib/novacron.ts'

/**
 * New VMs at a steady rate, whatever the users do: arrivals that do not wait for the system, so that an
 * outage shows at once. Recovery is judged by this stream alone.
 */
export default defineScenario({
  description: 'New VMs at a steady rate, each followed until it is there',
  sli: 'POST /vms',
  requests: api.createRequests,
  samples: { operation_time: { create: 1 } },
  longestIterationMs: api.longestCreateMs,
  profiles: {
    smoke: { description: 'ours: 4 VMs/s', seconds: 15, arrivals: { perSecond: 4 } },
    short: { description: 'ours: 6 VMs/s', seconds: 60, arrivals: { perSecond: 6 } },
    full: { description: 'ours: 20 VMs/s (no rate is documented)', seconds: 900, arrivals: { perSecond: 20 } },
  },
  run: (iteration) => {
    if (api.createVm(iteration)) api.readVm(iteration, 'stopped')
  },
})
