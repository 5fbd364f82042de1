import { kill } from '../../chaos/faults/kill.ts'
import { latency } from '../../chaos/faults/latency.ts'
import { partition } from '../../chaos/faults/partition.ts'
import type { GameDay } from '../../model/gameday.ts'
import {
  latencyWhileDegraded,
  noDuplicates,
  noLostWrites,
  nothingMissed,
  recoveryWithin,
} from '../../model/objectives.ts'

export default {
  title: 'Onboarding: pods fail, the network is slow, the database is out of reach',
  purpose:
    'A worker and then the API crash, answers of the database come late, then not at all. Are requests refused at ' +
    'once instead of hanging, is every case that was taken still there with its audit log, and decided once?',
  system: 'onboarding',
  profile: 'short',
  load: [{ scenario: 'load' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    kill({ target: 'worker-1', at: '0s' }),
    latency({ from: 'api', to: 'postgres', ms: 100, jitterMs: 30, at: '7s', for: '6s' }),
    partition({ from: 'api', to: 'postgres', at: '19s', for: '6s' }),
    kill({ target: 'api', at: '35s' }),
  ],
  // There is one API: its loss is the point.
  blastRadius: { api: 1 },
  // A weakness that already shows in steady state must not hide what the faults would show.
  faultsDespiteBreach: true,
  recovery: { for: '15s', stableFor: '5s' },
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
    recoveryWithin(10),
    latencyWhileDegraded(99, 3000, 'api-latency', {
      name: 'fails-fast',
      title: 'p99 of requests while degraded: failing fast, not hanging',
      source: '... timeouts ... hold',
    }),
    noLostWrites({ title: 'Acknowledged cases lost, or missing in the audit log' }),
    noDuplicates({ title: 'Cases opened or decided twice' }),
  ],
} satisfies GameDay
