import type { GameDay } from '../../model/gameday.ts'
import { noBadAnswers } from '../../model/objectives.ts'

export default {
  title: 'GameMetrics smoke',
  purpose: 'Events go in and show up, players and predictions are answered, at a low rate and without faults.',
  system: 'gamemetrics',
  profile: 'smoke',
  load: [{ scenario: 'ingest' }, { scenario: 'api' }, { scenario: 'predictions' }],
  warmUp: '2s',
  steady: '13s',
  faults: [],
  objectives: [
    // No error target is documented; that everything fails must not pass all the same.
    noBadAnswers('answers', 'Requests that were not answered as they should be', [
      ...['POST /events', 'GET /players/:player', 'GET /dashboard', 'POST /predictions'],
    ]),
  ],
} satisfies GameDay
