import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'NovaCron: 10,000 concurrent users',
  purpose: 'The documented load beside a steady probe: does every documented number hold, and is it as fast as before?',
  system: 'novacron',
  profile: 'full',
  load: [{ scenario: 'probe' }, { scenario: 'users' }],
  warmUp: '1m',
  steady: '15m',
  faults: [],
  baseline: 'previous',
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
  ],
  leavesOut: ['recovery', 'rto', 'rpo', 'refusals'],
} satisfies GameDay
