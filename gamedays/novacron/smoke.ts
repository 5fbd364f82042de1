import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'NovaCron smoke',
  purpose: 'Every operation and every refusal, at a low rate and without faults. Seconds, for CI.',
  system: 'novacron',
  profile: 'smoke',
  load: [{ scenario: 'smoke' }],
  warmUp: '2s',
  steady: '14s',
  faults: [],
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
  ],
} satisfies GameDay
