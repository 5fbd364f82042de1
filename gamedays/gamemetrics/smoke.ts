import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'GameMetrics smoke',
  purpose: 'Events go in and show up, players and predictions are answered, at a low rate and without faults.',
  system: 'gamemetrics',
  profile: 'smoke',
  load: [{ scenario: 'ingest' }, { scenario: 'api' }, { scenario: 'predictions' }],
  warmUp: '2s',
  steady: '13s',
  faults: [],
} satisfies GameDay
