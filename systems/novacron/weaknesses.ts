import type { WeaknessSpec } from '../../model/system.ts'

/** Defects that the stand-in can be given, and what catches each. All off by default. */
export const weaknesses = {
  'ack-before-store': {
    does: 'answers 202 1.5 s before the operation is stored, and loses it in a crash',
    gameDay: 'failover',
    objective: 'no-lost-writes',
  },
  'no-lease': {
    does: 'an operation whose worker died is never taken up again',
    gameDay: 'failover',
    objective: 'operations',
  },
  'no-idempotency': {
    does: 'hosts are not told which operation a step belongs to, so that a step tried again is done again',
    gameDay: 'failover',
    objective: 'no-duplicates',
  },
  'no-failover': {
    does: 'new VMs wait for the zone that was meant for them, even while it is down',
    gameDay: 'failover',
    objective: 'operations',
  },
  'no-rollback': {
    does: 'a migration that fails leaves its VM in the middle',
    gameDay: 'rollback',
    objective: 'rolled-back',
  },
  'cache-required': {
    does: 'reads are refused while the cache is away',
    gameDay: 'degraded',
    objective: 'degraded-reads',
  },
  'no-db-timeout': {
    does: 'waits for the database for ever',
    gameDay: 'failover',
    objective: 'fails-fast',
  },
  'leaks-connections': {
    does: 'the api keeps a database connection every second, and gives none back',
    gameDay: 'smoke',
    objective: 'database-pool',
  },
  leak: {
    does: 'the api keeps 3 MB more each second, up to 320 MB',
    gameDay: 'degraded',
    objective: 'memory',
  },
  'busy-loop': {
    does: 'the api spends 85 % of a core on nothing',
    gameDay: 'smoke',
    objective: 'cpu-api',
  },
  'never-restarts': {
    does: 'a crashed process stays down',
    gameDay: 'failover',
    objective: 'recovery-time',
  },
} as const satisfies Record<string, WeaknessSpec>

export type Weakness = keyof typeof weaknesses
