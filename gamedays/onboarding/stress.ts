import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Onboarding: the breaking point',
  purpose: 'Stress: the highest rate of cases at which every objective holds, and what gives way above it.',
  system: 'onboarding',
  profile: 'short',
  load: [{ scenario: 'load' }],
  warmUp: '3s',
  steady: '15s',
  faults: [],
  capacity: { from: 8, upTo: 64, step: '8s' },
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
  ],
} satisfies GameDay
