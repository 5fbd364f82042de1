import { kill } from '../../chaos/faults/kill.ts'
import { partition } from '../../chaos/faults/partition.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'Todo App loses its WebSocket service',
  purpose:
    'The WebSocket service is killed, then clients are cut off from it. They come back, resume after the last event ' +
    'that they have, and miss nothing.',
  system: 'todo',
  profile: 'short',
  load: [{ scenario: 'tasks' }, { scenario: 'clients' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    kill({ target: 'websocket', at: '0s' }),
    partition({ from: 'client', to: 'websocket', at: '14s', for: '5s' }),
  ],
  faultsDespiteBreach: true,
  recovery: { for: '18s', stableFor: '6s' },
  blastRadius: { websocket: 1 },
  objectives: [
    recoveryWithin(15),
    recoveryWithin(15, { name: 'event-recovery', title: 'Recovery time of events', sli: 'event-delay' }),
    noLostWrites(),
    nothingMissed('missed-events', 'Task events that a WebSocket client never received', 'task_event'),
    nothingMissed('missed-next-tasks', 'Tasks that repeat, completed, and never made again', 'next_task'),
  ],
} satisfies GameDay
