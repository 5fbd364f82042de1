import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'NovaCron: performance baseline',
  purpose: 'Users and probe, scaled for one machine: as fast as in the earlier runs of this game day that passed?',
  system: 'novacron',
  profile: 'short',
  load: [{ scenario: 'probe' }, { scenario: 'users' }],
  warmUp: '5s',
  steady: '20s',
  faults: [],
  baseline: 'previous',
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
  ],
} satisfies GameDay
