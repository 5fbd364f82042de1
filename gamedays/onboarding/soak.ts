import type { GameDay } from '../../model/gameday.ts'
import { memoryGrowthBelow, nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Onboarding: a short soak',
  purpose:
    'Does memory grow under steady load? Long enough to see a leak of megabytes a second; soak-day sees smaller ones.',
  system: 'onboarding',
  profile: 'short',
  load: [{ scenario: 'soak' }],
  warmUp: '12s',
  steady: '50s',
  faults: [],
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
    memoryGrowthBelow(4000, {
      title: 'Memory growth (the bound is ours, for so short a run)',
      source: 'soak (no memory leak)',
      component: 'api',
      minSeconds: 45,
    }),
  ],
} satisfies GameDay
