import type { WeaknessSpec } from '../../model/system.ts'

/** Defects that the stand-in can be given, and what catches each. All off by default. */
export const weaknesses = {
  'ack-before-store': {
    does: 'answers 202 1.5 s before the batch is stored, and loses it in a crash',
    gameDay: 'quick',
    objective: 'no-lost-writes',
  },
  'no-db-timeout': {
    does: 'waits for the database for ever',
    gameDay: 'quick',
    objective: 'fails-fast',
  },
  'unsigned-webhooks': {
    does: 'accepts webhooks with a wrong signature or none',
    gameDay: 'quick',
    objective: 'forged-webhooks',
  },
  leak: {
    does: 'a worker keeps 3 MB more each second, up to 320 MB',
    gameDay: 'quick',
    objective: 'consumer-memory',
  },
  'never-restarts': {
    does: 'a crashed process stays down',
    gameDay: 'quick',
    objective: 'recovery-time',
  },
  'no-idempotency': {
    does: 'a batch that is delivered again is sent again from its start, without idempotency keys',
    gameDay: 'quick',
    objective: 'no-duplicates',
  },
} as const satisfies Record<string, WeaknessSpec>

export type Weakness = keyof typeof weaknesses
