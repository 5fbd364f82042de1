import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'BatchSender smoke',
  purpose: 'Every endpoint answers as documented, at a low rate and without faults. Seconds, for CI.',
  system: 'batchsender',
  profile: 'smoke',
  load: [{ scenario: 'smoke' }],
  warmUp: '2s',
  steady: '13s',
  faults: [],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
