import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'BatchSender: 1,000 webhooks a second',
  purpose: 'The documented webhook flood, with forged ones among them: does each get its answer in time?',
  system: 'batchsender',
  profile: 'full',
  load: [{ scenario: 'webhook-flood' }],
  warmUp: '30s',
  steady: '10m',
  faults: [],
  systemOptions: { rateLimitPerMinute: '1000000' },
  leavesOut: ['api-latency', 'large-batch', 'send-rate', 'body-limit', 'content-type', 'rto', 'mttr', 'rpo'],
} satisfies GameDay
