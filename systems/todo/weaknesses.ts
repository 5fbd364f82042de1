import type { WeaknessSpec } from '../../model/system.ts'

/** Defects that the stand-in can be given, and what catches each. All off by default. */
export const weaknesses = {
  'ack-before-store': {
    does: 'answers 201 1.5 s before the task is stored, and loses it in a crash',
    gameDay: 'pod-restarts',
    objective: 'no-lost-writes',
  },
  'lost-events': {
    does: 'publishes an event after the commit, once, and forgets it when the broker is away',
    gameDay: 'broker-loss',
    objective: 'missed-events',
  },
  'ws-forgets': {
    does: 'a client that reconnects gets what comes, not what it has missed',
    gameDay: 'websocket-loss',
    objective: 'missed-events',
  },
  'consumer-forgets': {
    does: 'the recurring-task consumer confirms an event before it has acted on it',
    gameDay: 'pod-restarts',
    objective: 'missed-next-tasks',
  },
  'no-auth-limit': {
    does: 'signs in as often as anyone asks',
    gameDay: 'smoke',
    objective: 'auth-limit',
  },
  'slow-list': {
    does: 'lists take 0.7 s longer',
    gameDay: 'peak',
    objective: 'api-latency',
  },
  'never-restarts': {
    does: 'a crashed process stays down',
    gameDay: 'pod-restarts',
    objective: 'recovery-time',
  },
} as const satisfies Record<string, WeaknessSpec>

export type Weakness = keyof typeof weaknesses
