import type { GameDay } from '../../model/gameday.ts'
import { memoryGrowthBelow, nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Onboarding: a working day of steady load',
  purpose: 'The documented soak: does anything grow, leak or tire within eight hours? (The length is ours.)',
  system: 'onboarding',
  profile: 'full',
  load: [{ scenario: 'soak' }],
  warmUp: '5m',
  steady: '8h',
  faults: [],
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
    memoryGrowthBelow(10, { title: 'Memory growth (the bound is ours)', source: 'soak (no memory leak)' }),
  ],
  leavesOut: ['key-reuse', 'scan-and-verify'],
} satisfies GameDay
