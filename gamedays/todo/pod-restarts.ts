import { connectionReset } from '../../chaos/faults/connectionReset.ts'
import { kill } from '../../chaos/faults/kill.ts'
import type { GameDay } from '../../model/gameday.ts'
import { gaugeBelow, noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'Todo App: pods restart',
  purpose:
    'A consumer is cut off from the api and crashes, with the other one; then the api crashes. Nothing that was accepted ' +
    'is lost, tasks that repeat are made again, and no consumer stays behind.',
  system: 'todo',
  profile: 'short',
  load: [{ scenario: 'tasks' }, { scenario: 'clients' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    // A partition would not do: what was sent into it arrives after it, even of a consumer that is dead by then.
    connectionReset({ from: 'recurring', to: 'api', at: '0s', for: '6s' }),
    kill({ target: 'recurring', at: '4s' }),
    kill({ target: 'notifier', at: '4s' }),
    kill({ target: 'api', at: '16s' }),
  ],
  faultsDespiteBreach: true,
  recovery: { for: '16s', stableFor: '6s' },
  // There is one of each: its loss is the point.
  blastRadius: { api: 1, notifier: 1, recurring: 1 },
  objectives: [
    recoveryWithin(10),
    recoveryWithin(15, { name: 'event-recovery', title: 'Recovery time of events', sli: 'event-delay' }),
    noLostWrites(),
    nothingMissed('missed-events', 'Task events that a WebSocket client never received', 'task_event'),
    {
      ...gaugeBelow(
        'consumers-behind',
        'Events that a consumer has yet to act on, in the end',
        { series: 'consumer_lag', below: 50, unit: 'count' },
        { phases: ['recovered'] },
      ),
      aggregate: 'last',
    },
    nothingMissed('missed-next-tasks', 'Tasks that repeat, completed, and never made again', 'next_task'),
  ],
} satisfies GameDay
