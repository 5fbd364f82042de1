import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'The mail provider is down',
  purpose:
    'Runbook "provider outage": for 15 s nothing can be sent. Senders notice nothing, the circuit breaker keeps the ' +
    'workers from hammering for half a minute, and what waited is sent once.',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'sustained' }],
  warmUp: '3s',
  steady: '12s',
  faults: [unavailable({ target: 'provider', at: '0s', for: '15s' })],
  // The breaker resets after 30 s (documented), so sending may begin that much later.
  recovery: { for: '30s', stableFor: '8s' },
  blastRadius: { provider: 1 },
  objectives: [recoveryWithin(5), noLostWrites(), noDuplicates({ title: 'E-mails sent more than once' })],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
