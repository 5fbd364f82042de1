// Each weakness of NovaCron's stand-in is caught by the objective that is meant to catch it. Weaknesses that do not
// touch each other's objective run at once. That the healthy one passes the same game days is `npm run gameday:all`.
import { expect, test } from 'vitest'
import type { Weakness } from '../../systems/novacron/weaknesses.ts'
import { failed, outcome, play } from './play.ts'

test.each<[string, Partial<Record<Weakness, string>>]>([
  [
    'failover',
    { 'ack-before-store': 'no-lost-writes', 'no-idempotency': 'no-duplicates', 'no-db-timeout': 'fails-fast' },
  ],
  ['failover', { 'no-lease': 'operations', 'busy-loop': 'cpu-api', leak: 'memory' }],
  ['failover', { 'no-failover': 'operations', 'leaks-connections': 'database-pool' }],
  ['failover', { 'never-restarts': 'recovery-time' }],
  ['degraded', { 'cache-required': 'degraded-reads' }],
  ['rollback', { 'no-rollback': 'rolled-back' }],
])('novacron/%s: %j', async (gameDay, meant) => {
  const verdict = await play(`novacron/${gameDay}`, Object.keys(meant))
  for (const id of Object.values(meant)) expect(outcome(verdict, id)).toMatchObject(failed(id))
  expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
})
