import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Onboarding under load',
  purpose: 'Cases at a steady rate: do latency and errors stay within their documented bounds?',
  system: 'onboarding',
  profile: 'full',
  load: [{ scenario: 'load' }],
  warmUp: '30s',
  steady: '15m',
  faults: [],
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
  ],
  leavesOut: ['key-reuse', 'scan-and-verify'],
} satisfies GameDay
