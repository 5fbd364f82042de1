import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Onboarding smoke',
  purpose: 'Cases through their whole life, and every refusal, at a low rate and without faults. Seconds, for CI.',
  system: 'onboarding',
  profile: 'smoke',
  load: [{ scenario: 'smoke' }],
  warmUp: '2s',
  steady: '13s',
  faults: [],
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
  ],
} satisfies GameDay
