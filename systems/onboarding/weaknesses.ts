import type { WeaknessSpec } from '../../model/system.ts'

/** Defects that the stand-in can be given, and what catches each. All off by default. */
export const weaknesses = {
  'no-idempotency': {
    does: 'a request that is repeated has its effect again, whatever its key',
    gameDay: 'smoke',
    objective: 'idempotency',
  },
  'cache-required': {
    does: 'reads are refused while the cache is away',
    gameDay: 'degraded',
    objective: 'degraded-reads',
  },
  'unsigned-webhooks': {
    does: 'webhooks go out without a signature',
    gameDay: 'smoke',
    objective: 'webhook-signatures',
  },
  'no-webhook-retries': {
    does: 'a webhook that fails is not sent again',
    gameDay: 'degraded',
    objective: 'cases-complete',
  },
  'late-audit': {
    does: 'the audit log is written up to 1.5 s after the answer, and lost in a crash',
    gameDay: 'failures',
    objective: 'no-lost-writes',
  },
  'relay-forgets': {
    does: 'the relay deletes events before the queue has taken them',
    gameDay: 'degraded',
    objective: 'cases-complete',
  },
  'no-db-timeout': {
    does: 'waits for the database for ever',
    gameDay: 'failures',
    objective: 'fails-fast',
  },
  leak: {
    does: 'the api keeps 3 MB more each second, up to 320 MB',
    gameDay: 'soak',
    objective: 'memory-growth',
  },
  'never-restarts': {
    does: 'a crashed process stays down',
    gameDay: 'failures',
    objective: 'recovery-time',
  },
} as const satisfies Record<string, WeaknessSpec>

export type Weakness = keyof typeof weaknesses
