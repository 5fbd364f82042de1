/** Defects that the stand-in can be given, to see that the judge catches them. All off by default. */
export const weaknesses = {
  'no-idempotency': 'a request that is repeated has its effect again, whatever its key',
  'cache-required': 'reads are refused while the cache is away',
  'unsigned-webhooks': 'webhooks go out without a signature',
  'no-webhook-retries': 'a webhook that fails is not sent again',
  'late-audit': 'the audit log is written up to 1.5 s after the answer, and lost in a crash',
  'relay-forgets': 'the relay deletes events before the queue has taken them',
  'no-db-timeout': 'waits for the database for ever',
  leak: 'the api keeps 3 MB more each second, up to 320 MB',
  'never-restarts': 'a crashed process stays down',
} as const

export type Weakness = keyof typeof weaknesses
