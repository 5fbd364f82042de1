import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'NovaCron rolls migrations back',
  purpose: 'A zone is lost while VMs move there: each migration is rolled back, and its VM runs on where it was.',
  system: 'novacron',
  profile: 'short',
  load: [{ scenario: 'migrations' }, { scenario: 'probe', rateFactor: 0.5 }],
  warmUp: '3s',
  steady: '10s',
  faults: [unavailable({ target: 'host-b', at: '0s', for: '8s' })],
  // There is one host in a zone: its loss is the point.
  blastRadius: { 'host-b': 1 },
  recovery: { for: '12s', stableFor: '5s' },
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
    {
      name: 'rolled-back',
      title: 'VMs that do not run after their migration, while the zone is lost',
      source: 'rollback',
      measure: 'badCount',
      requests: ['GET /vms/:id after migration'],
      phases: ['fault', 'recovered'],
      op: 'lte',
      value: 0,
      unit: 'count',
      minSamples: 5,
    },
    recoveryWithin(5, { sli: 'probe', title: 'Recovery time, by the probe' }),
    noLostWrites({ title: 'Acknowledged operations lost' }),
    noDuplicates({ title: 'Steps of operations done twice' }),
  ],
} satisfies GameDay
