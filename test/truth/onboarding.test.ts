// Each weakness of Onboarding's stand-in is caught by the objective that is meant to catch it. Weaknesses that do not
// touch each other's objective run at once. That the healthy one passes the same game days is `npm run gameday:all`.
import { expect, test } from 'vitest'
import type { Weakness } from '../../systems/onboarding/weaknesses.ts'
import { failed, outcome, play } from './play.ts'

test.each<[string, Partial<Record<Weakness, string>>]>([
  ['failures', { 'late-audit': 'no-lost-writes', 'no-db-timeout': 'fails-fast', 'no-idempotency': 'idempotency' }],
  [
    'degraded',
    {
      'cache-required': 'degraded-reads',
      'relay-forgets': 'cases-complete',
      'unsigned-webhooks': 'webhook-signatures',
    },
  ],
  ['degraded', { 'no-webhook-retries': 'cases-complete' }],
  ['failures', { 'never-restarts': 'recovery-time' }],
])('onboarding/%s: %j', async (gameDay, meant) => {
  const verdict = await play(`onboarding/${gameDay}`, Object.keys(meant))
  for (const id of Object.values(meant)) expect(outcome(verdict, id)).toMatchObject(failed(id))
  expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
})
