import { cpuStress } from '../../chaos/faults/cpuStress.ts'
import { kill } from '../../chaos/faults/kill.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'BatchSender in a cluster loses pods and links',
  purpose:
    'One of two API pods is killed, one of two workers fails, the workers lose the queue, an API pod loses its CPU. ' +
    'Does the cluster replace what is gone before users notice, and is every accepted batch sent once?',
  system: 'batchsender',
  // It names single pods of components that have one instance elsewhere.
  environments: ['kubernetes'],
  profile: 'short',
  load: [{ scenario: 'sustained' }],
  warmUp: '10s',
  steady: '30s',
  faults: [
    kill({ target: 'api-1', at: '0s' }),
    unavailable({ target: 'worker-1', at: '25s', for: '15s' }),
    partition({ from: 'worker', to: 'nats', at: '60s', for: '10s' }),
    cpuStress({ target: 'api-1', at: '90s', for: '15s' }),
  ],
  recovery: { for: '40s', stableFor: '10s' },
  objectives: [recoveryWithin(30), noLostWrites(), noDuplicates({ title: 'E-mails sent more than once' })],
} satisfies GameDay
