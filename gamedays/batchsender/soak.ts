import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'BatchSender: a day of the sustained load',
  purpose: 'The documented soak: does anything grow, leak or tire within 24 hours?',
  system: 'batchsender',
  profile: 'full',
  load: [{ scenario: 'soak' }],
  warmUp: '5m',
  steady: '24h',
  faults: [],
  systemOptions: { rateLimitPerMinute: '1000000' },
  leavesOut: ['webhook-latency', 'forged-webhooks', 'rto', 'mttr', 'rpo'],
} satisfies GameDay
