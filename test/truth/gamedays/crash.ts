import { kill } from '../../../chaos/faults/kill.ts'
import type { GameDay } from '../../../model/gameday.ts'
import { recoveryWithin } from '../../../model/objectives.ts'

export default {
  title: 'The API crashes',
  purpose: 'Catches a crashed process that stays down.',
  system: 'batchsender',
  load: [{ scenario: 'sustained', rateFactor: 3 }],
  warmUp: '1s',
  steady: '10s',
  faults: [kill({ target: 'api', at: '0s' })],
  recovery: { for: '9s', stableFor: '2s' },
  blastRadius: { api: 1 },
  // Of requests that succeed: a process that stays down refuses them, and slow ones are the machine's.
  objectives: [recoveryWithin(6, { sli: 'uptime' })],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
