import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Todo App smoke',
  purpose:
    'Every endpoint answers as documented and every client hears of its tasks, at a low rate and without faults.',
  system: 'todo',
  profile: 'smoke',
  load: [{ scenario: 'tasks' }, { scenario: 'clients' }],
  warmUp: '3s',
  steady: '15s',
  faults: [],
  objectives: [
    nothingMissed('missed-events', 'Task events that a WebSocket client never received', 'task_event'),
    nothingMissed('missed-next-tasks', 'Tasks that repeat, completed, and never made again', 'next_task'),
  ],
} satisfies GameDay
