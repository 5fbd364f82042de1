import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'Onboarding smoke',
  purpose: 'Cases through their whole life, and every refusal, at a low rate and without faults. Seconds, for CI.',
  system: 'onboarding',
  profile: 'smoke',
  load: [{ scenario: 'smoke' }],
  warmUp: '2s',
  steady: '13s',
  faults: [],
} satisfies GameDay
