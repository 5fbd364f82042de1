import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'Onboarding without its cache, then without its queue',
  purpose:
    'Degraded mode: the cache goes down, and the partner who receives the webhooks; then the queue cannot be reached, ' +
    'then it is down. Reads are answered all the same, cases are taken, and every webhook is sent in the end.',
  system: 'onboarding',
  profile: 'short',
  load: [{ scenario: 'load' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    unavailable({ target: 'cache', at: '0s', for: '6s' }),
    unavailable({ target: 'partner', at: '0s', for: '6s' }),
    partition({ from: 'relay', to: 'nats', at: '13s', for: '6s' }),
    unavailable({ target: 'nats', at: '26s', for: '6s' }),
  ],
  // There is one of each: their loss is the point.
  blastRadius: { cache: 1, partner: 1, nats: 1 },
  faultsDespiteBreach: true,
  recovery: { for: '18s', stableFor: '5s' },
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
    recoveryWithin(5),
    {
      name: 'degraded-reads',
      title: 'Reads and new cases not answered without cache or queue',
      source: 'degraded mode with Redis down and with Kafka down',
      measure: 'badCount',
      requests: ['GET /projections/cases/:id', 'GET /cases/:id', 'POST /cases'],
      phases: ['fault', 'recovered'],
      op: 'lte',
      value: 0,
      unit: 'count',
      minSamples: 20,
    },
    noLostWrites({ title: 'Acknowledged cases lost, or missing in the audit log' }),
    noDuplicates({ title: 'Cases opened or decided twice' }),
  ],
} satisfies GameDay
