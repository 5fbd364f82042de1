import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'BatchSender: 10,000 batches in 10 minutes',
  purpose: 'The documented spike out of the sustained rate: do latency, errors and the queue stay within their bounds?',
  system: 'batchsender',
  profile: 'full',
  load: [{ scenario: 'spike' }],
  warmUp: '1m',
  steady: '13m',
  faults: [],
  systemOptions: { rateLimitPerMinute: '1000000' },
  leavesOut: [
    'webhook-latency',
    'large-batch',
    'send-rate',
    'forged-webhooks',
    'body-limit',
    'content-type',
    'rto',
    'mttr',
    'rpo',
  ],
} satisfies GameDay
