import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'BatchSender: 1,000 batches an hour',
  purpose: 'The documented sustained load for 3.5 hours: does every documented number hold, proven?',
  system: 'batchsender',
  profile: 'full',
  load: [{ scenario: 'sustained' }],
  warmUp: '1m',
  // 99.9 % takes 2,995 batches to prove, which is three hours of them.
  steady: '3.5h',
  faults: [],
  systemOptions: { rateLimitPerMinute: '1000000' },
  leavesOut: ['webhook-latency', 'forged-webhooks', 'rto', 'mttr', 'rpo'],
} satisfies GameDay
