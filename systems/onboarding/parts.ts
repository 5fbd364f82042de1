import { databaseUrl } from '../lib/database-role.ts'
import { optionEnv } from '../lib/options.ts'
import type { DescribeParts, Part } from '../lib/parts.ts'
import { runSecret } from '../lib/run-secret.ts'
import { defaults } from './options.ts'

/**
 * With the defaults V8 and malloc let a young process grow by a megabyte a second, to save time: a short soak could not
 * tell that from a leak.
 */
const steadyNode = { flags: ['--max-semi-space-size=1'], env: { MALLOC_ARENA_MAX: '1' } }

/** Onboarding's stand-in: PostgreSQL, NATS, cache, partner, api, projections, relay and two workers. */
export const describeParts: DescribeParts = ({ runId, options, address, direct, dataFile }) => {
  const secret = runSecret(runId)
  const common = optionEnv('Onboarding', defaults, options)
  const main = (component: string) => `systems/onboarding/${component}/main.ts`
  const reach = {
    DATABASE_URL: (from: string) => databaseUrl(runId, address(from, 'postgres')),
    NATS_URL: (from: string) => `nats://${address(from, 'nats')}`,
    CACHE_URL: (from: string) => `http://${address(from, 'cache')}`,
  }
  const part = (name: string, component: string, needs: (keyof typeof reach)[], after: string[]): Part => ({
    name,
    component,
    program: { kind: 'node', main: main(component), flags: steadyNode.flags },
    env: { ...common, ...steadyNode.env, ...Object.fromEntries(needs.map((need) => [need, reach[need](component)])) },
    after,
  })
  const secretEnv = { ONBOARDING_WEBHOOK_SECRET: secret }
  const worker = (name: string): Part => {
    const made = part(name, 'worker', ['DATABASE_URL', 'NATS_URL', 'CACHE_URL'], ['api', 'nats', 'cache', 'partner'])
    return { ...made, env: { ...made.env, ...secretEnv, PARTNER_URL: `http://${address('worker', 'partner')}` } }
  }
  const partner = part('partner', 'partner', [], [])
  return {
    parts: [
      {
        name: 'postgres',
        component: 'postgres',
        program: { kind: 'postgres', settings: { max_connections: '80', shared_buffers: '64MB' } },
        after: [],
      },
      { name: 'nats', component: 'nats', program: { kind: 'nats' }, after: [] },
      { name: 'cache', component: 'cache', program: { kind: 'node', main: 'systems/lib/cache/main.ts' }, after: [] },
      { ...partner, env: { ...partner.env, ...secretEnv, LEDGER_FILE: dataFile('partner', 'ledger.ndjson') } },
      part('api', 'api', ['DATABASE_URL'], ['postgres']),
      part('projections', 'projections', ['DATABASE_URL', 'CACHE_URL'], ['api', 'cache']),
      part('relay', 'relay', ['DATABASE_URL', 'NATS_URL'], ['api', 'nats']),
      worker('worker-1'),
      worker('worker-2'),
    ],
    scenarioEnv: {
      ONBOARDING_PROJECTIONS_URL: `http://${address('client', 'projections')}`,
      ONBOARDING_PARTNER_URL: `http://${direct('partner')}`,
    },
  }
}
