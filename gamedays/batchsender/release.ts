import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'BatchSender: release gate',
  purpose: 'Every endpoint answers as documented, for long enough to prove it: what a release waits for.',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'smoke' }],
  warmUp: '5s',
  // 99.9 % takes 2,995 good requests to prove, of which 66 a second are sent; any proof takes 125 s.
  steady: '150s',
  faults: [],
  // No fault, no batch of 10,000, and no look inside a deployment that is not ours.
  leavesOut: ['large-batch', 'send-rate', 'rto', 'mttr', 'rpo', 'queue-depth', 'stale-consumers', 'consumer-memory'],
  systemOptions: { rateLimitPerMinute: '1000000' },
  notInAll: 'is batchsender/smoke for longer',
} satisfies GameDay
