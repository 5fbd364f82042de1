import type { GameDay } from '../../model/gameday.ts'

export default {
  title: 'Capacity: how many webhooks a second',
  purpose: 'The highest rate of webhooks at which every objective holds, and what gives way above it.',
  system: 'batchsender',
  load: [{ scenario: 'webhook-flood' }],
  warmUp: '3s',
  steady: '20s',
  faults: [],
  notInAll: 'its documents ask for no capacity; takes minutes: holdfast run batchsender/capacity',
  capacity: { upTo: 16, step: '10s' },
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
