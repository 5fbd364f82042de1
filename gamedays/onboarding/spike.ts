import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Onboarding: a spike of cases',
  purpose: 'Five times the cases from one second to the next, and back: do latency, errors and webhooks hold?',
  system: 'onboarding',
  profile: 'short',
  load: [{ scenario: 'spike' }],
  warmUp: '3s',
  steady: '32s',
  faults: [],
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
  ],
} satisfies GameDay
