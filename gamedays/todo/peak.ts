import type { GameDay } from '../../model/gameday.ts'
import { nothingMissed } from '../../model/objectives.ts'

export default {
  title: 'Todo App at its peak',
  purpose: 'The documented peak, twice the normal load: do all documented numbers hold, and does every client hear?',
  system: 'todo',
  profile: 'short',
  load: [{ scenario: 'peak' }, { scenario: 'clients', rateFactor: 2 }],
  warmUp: '3s',
  steady: '22s',
  faults: [],
  objectives: [
    nothingMissed('missed-events', 'Task events that a WebSocket client never received', 'task_event'),
    nothingMissed('missed-next-tasks', 'Tasks that repeat, completed, and never made again', 'next_task'),
  ],
} satisfies GameDay
