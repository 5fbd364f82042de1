import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'Todo App loses its broker',
  purpose:
    'Pub/sub is gone for 8 s. Tasks are accepted all the same, and every client and consumer hears of them afterwards.',
  system: 'todo',
  profile: 'short',
  load: [{ scenario: 'tasks' }, { scenario: 'clients' }],
  warmUp: '3s',
  steady: '12s',
  faults: [unavailable({ target: 'nats', at: '0s', for: '8s' })],
  faultsDespiteBreach: true,
  recovery: { for: '18s', stableFor: '6s' },
  blastRadius: { nats: 1 },
  // Requests do not need the broker: its loss is to be absorbed. Events do.
  objectives: [
    recoveryWithin(2),
    recoveryWithin(15, { name: 'event-recovery', title: 'Recovery time of events', sli: 'event-delay' }),
    noLostWrites(),
    nothingMissed('missed-events', 'Task events that a WebSocket client never received', 'task_event'),
    nothingMissed('missed-next-tasks', 'Tasks that repeat, completed, and never made again', 'next_task'),
  ],
} satisfies GameDay
