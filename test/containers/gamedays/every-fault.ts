import { bandwidth } from '../../../chaos/faults/bandwidth.ts'
import { connectionReset } from '../../../chaos/faults/connectionReset.ts'
import { cpuStress } from '../../../chaos/faults/cpuStress.ts'
import { freeze } from '../../../chaos/faults/freeze.ts'
import { kill } from '../../../chaos/faults/kill.ts'
import { latency } from '../../../chaos/faults/latency.ts'
import { memoryStress } from '../../../chaos/faults/memoryStress.ts'
import { partition } from '../../../chaos/faults/partition.ts'
import { unavailable } from '../../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../../model/gameday.ts'
import { noLostWrites } from '../../../model/objectives.ts'

/** Every kind of fault that exists in containers; those that do not touch each other at once. */
export default {
  title: 'Every fault',
  purpose: 'Each kind of fault is real in containers: confirmed active, and confirmed removed.',
  system: 'batchsender',
  profile: 'smoke',
  load: [{ scenario: 'smoke' }],
  warmUp: '1s',
  steady: '10s',
  faults: [
    kill({ target: 'worker-1', at: '0s' }),
    latency({ from: 'client', to: 'api', ms: 200, at: '0s', for: '4s' }),
    freeze({ target: 'postgres', at: '8s', for: '4s' }),
    bandwidth({ from: 'worker', to: 'provider', kilobytesPerSecond: 64, at: '8s', for: '4s' }),
    partition({ target: 'worker-2', at: '16s', for: '4s' }),
    cpuStress({ target: 'api', loadRatio: 0.8, at: '16s', for: '4s' }),
    partition({ from: 'api', to: 'postgres', at: '24s', for: '4s' }),
    memoryStress({ target: 'provider', megabytes: 512, at: '24s', for: '4s' }),
    unavailable({ target: 'nats', at: '32s', for: '4s' }),
    connectionReset({ from: 'client', to: 'api', at: '40s', for: '3s' }),
  ],
  // A machine that is busy with other tests is too slow for the objectives; the faults come all the same.
  faultsDespiteBreach: true,
  recovery: { for: '10s', stableFor: '3s' },
  blastRadius: { api: 1, postgres: 1, nats: 1, provider: 1 },
  objectives: [noLostWrites()],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
