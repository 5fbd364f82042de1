import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'Onboarding under load',
  purpose: 'Cases at a steady rate: do latency and errors stay within their documented bounds?',
  system: 'onboarding',
  profile: 'full',
  load: [{ scenario: 'load' }],
  warmUp: '30s',
  steady: '15m',
  faults: [],
} satisfies GameDay
