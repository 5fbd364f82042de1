import { restart } from '../../chaos/faults/restart.ts'
import { rollout } from '../../chaos/faults/rollout.ts'
import { scale } from '../../chaos/faults/scale.ts'
import type { GameDay } from '../../model/gameday.ts'
import {
  noDuplicates,
  noLostWrites,
  recoveryWithin,
  replicasBackWithin,
  restartsAtMost,
} from '../../model/objectives.ts'

export default {
  title: 'BatchSender in a cluster on an ordinary day',
  purpose:
    'The API is restarted, one of two workers is taken away, another release of the API is rolled out and back. ' +
    'Do users notice what every team does every week?',
  system: 'batchsender',
  environments: ['kubernetes'],
  profile: 'short',
  load: [{ scenario: 'sustained' }],
  warmUp: '10s',
  steady: '30s',
  faults: [
    restart({ target: 'api', at: '0s' }),
    scale({ target: 'worker', replicas: 1, at: '40s', for: '20s' }),
    rollout({ target: 'api', env: { RELEASE: 'next' }, at: '80s', for: '30s' }),
  ],
  recovery: { for: '40s', stableFor: '10s' },
  objectives: [
    recoveryWithin(30),
    noLostWrites(),
    noDuplicates({ title: 'E-mails sent more than once' }),
    replicasBackWithin('worker', 2, 60),
    replicasBackWithin('api', 2, 60),
    restartsAtMost('api', 0),
  ],
} satisfies GameDay
