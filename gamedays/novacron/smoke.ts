import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'NovaCron smoke',
  purpose: 'Every operation and every refusal, at a low rate and without faults. Seconds, for CI.',
  system: 'novacron',
  profile: 'smoke',
  load: [{ scenario: 'smoke' }],
  warmUp: '2s',
  steady: '14s',
  faults: [],
} satisfies GameDay
