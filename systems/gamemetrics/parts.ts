import { databaseUrl } from '../lib/database-role.ts'
import { optionEnv } from '../lib/options.ts'
import type { DescribeParts, Part } from '../lib/parts.ts'
import { defaults } from './options.ts'

/** GameMetrics' stand-in: PostgreSQL, NATS, cache, ingestion, processor, users and recommendations. */
export const describeParts: DescribeParts = ({ runId, options, address }) => {
  const common = optionEnv('GameMetrics', defaults, options)
  const reach = {
    DATABASE_URL: (from: string) => databaseUrl(runId, address(from, 'postgres')),
    NATS_URL: (from: string) => `nats://${address(from, 'nats')}`,
    CACHE_URL: (from: string) => `http://${address(from, 'cache')}`,
  }
  const node = (name: string, needs: (keyof typeof reach)[], after: string[]): Part => ({
    name,
    component: name,
    program: { kind: 'node', main: `systems/gamemetrics/${name}/main.ts` },
    env: { ...common, ...Object.fromEntries(needs.map((need) => [need, reach[need](name)])) },
    after,
  })
  return {
    parts: [
      {
        name: 'postgres',
        component: 'postgres',
        program: { kind: 'postgres', settings: { max_connections: '60', shared_buffers: '128MB' } },
        after: [],
      },
      { name: 'nats', component: 'nats', program: { kind: 'nats' }, after: [] },
      { name: 'cache', component: 'cache', program: { kind: 'node', main: 'systems/lib/cache/main.ts' }, after: [] },
      node('ingestion', ['NATS_URL'], ['nats']),
      node('processor', ['NATS_URL', 'DATABASE_URL'], ['nats', 'postgres']),
      node('users', ['DATABASE_URL'], ['postgres']),
      node('recommendations', ['DATABASE_URL', 'CACHE_URL'], ['postgres', 'cache']),
    ],
    scenarioEnv: {
      GAMEMETRICS_USERS_URL: `http://${address('client', 'users')}`,
      GAMEMETRICS_RECOMMENDATIONS_URL: `http://${address('client', 'recommendations')}`,
    },
  }
}
