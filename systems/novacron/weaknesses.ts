/** Defects that the stand-in can be given, to see that the judge catches them. All off by default. */
export const weaknesses = {
  'ack-before-store': 'answers 202 up to 1.5 s before the operation is stored, and loses it in a crash',
  'no-lease': 'an operation whose worker died is never taken up again',
  'no-idempotency': 'hosts are not told which operation a step belongs to, so that a step tried again is done again',
  'no-failover': 'new VMs wait for the zone that was meant for them, even while it is down',
  'no-rollback': 'a migration that fails leaves its VM in the middle',
  'cache-required': 'reads are refused while the cache is away',
  'no-db-timeout': 'waits for the database for ever',
  'leaks-connections': 'the api keeps a database connection every second, and gives none back',
  leak: 'the api keeps 3 MB more each second, up to 320 MB',
  'busy-loop': 'the api spends 85 % of a core on nothing',
  'never-restarts': 'a crashed process stays down',
} as const

export type Weakness = keyof typeof weaknesses
