import type { GameDay } from '../../model/gameday.ts'

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
} satisfies GameDay
