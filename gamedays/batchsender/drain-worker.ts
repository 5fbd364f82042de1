import { freeze } from '../../chaos/faults/freeze.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'BatchSender loses a worker',
  purpose:
    'Runbook "drain a worker", the hard way: one of two workers is taken away for 10 s, then the other one hangs. ' +
    'The one that is left sends everything, each e-mail once.',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'sustained' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    unavailable({ target: 'worker-1', at: '0s', for: '10s' }),
    freeze({ target: 'worker-2', at: '20s', for: '8s' }),
  ],
  recovery: { for: '15s', stableFor: '6s' },
  objectives: [recoveryWithin(5), noLostWrites(), noDuplicates({ title: 'E-mails sent more than once' })],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
