import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'NovaCron: capacity and bottleneck',
  purpose: 'The highest rate of new VMs at which every objective holds, the curve up to it, and what is used up first.',
  system: 'novacron',
  profile: 'short',
  load: [{ scenario: 'probe' }],
  warmUp: '3s',
  steady: '15s',
  faults: [],
  capacity: { upTo: 16, step: '8s' },
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
  ],
} satisfies GameDay
