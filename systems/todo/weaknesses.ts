/** Defects that the stand-in can be given, to see that the judge catches them. All off by default. */
export const weaknesses = {
  'ack-before-store': 'answers 201 up to 1.5 s before the task is stored, and loses it in a crash',
  'lost-events': 'publishes an event after the commit, once, and forgets it when the broker is away',
  'ws-forgets': 'a client that reconnects gets what comes, not what it has missed',
  'consumer-forgets': 'the recurring-task consumer confirms an event before it has acted on it',
  'no-auth-limit': 'signs in as often as anyone asks',
  'slow-list': 'lists take 0.7 s longer',
  'never-restarts': 'a crashed process stays down',
} as const

export type Weakness = keyof typeof weaknesses
