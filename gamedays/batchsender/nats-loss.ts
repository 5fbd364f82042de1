import { connectionReset } from '../../chaos/faults/connectionReset.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'BatchSender loses NATS',
  purpose:
    'Runbook "NATS connection loss": connections are reset, then the server is gone. Batches are accepted all the ' +
    'same, wait in the database, and are sent once when the queue is back.',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'sustained' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    connectionReset({ from: 'api', to: 'nats', at: '0s', for: '8s' }),
    connectionReset({ from: 'worker', to: 'nats', at: '0s', for: '8s' }),
    unavailable({ target: 'nats', at: '18s', for: '8s' }),
  ],
  recovery: { for: '15s', stableFor: '6s' },
  blastRadius: { nats: 1 },
  guards: [{ kind: 'errorRatio', aboveRatio: 0.9, for: '30s' }],
  objectives: [recoveryWithin(15), noLostWrites(), noDuplicates({ title: 'E-mails sent more than once' })],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
