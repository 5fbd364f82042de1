/** Defects that the stand-in can be given, to see that the judge catches them. All off by default. */
export const weaknesses = {
  'ack-before-store': 'answers 202 up to 1.5 s before the batch is stored, and loses it in a crash',
  'no-db-timeout': 'waits for the database for ever',
  'unsigned-webhooks': 'accepts webhooks with a wrong signature or none',
  leak: 'a worker keeps 3 MB more each second, up to 320 MB',
  'never-restarts': 'a crashed process stays down',
  'no-idempotency': 'a batch that is delivered again is sent again from its start, without idempotency keys',
} as const

export type Weakness = keyof typeof weaknesses
