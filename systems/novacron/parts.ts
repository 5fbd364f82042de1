import { databaseUrl } from '../lib/database-role.ts'
import { optionEnv } from '../lib/options.ts'
import type { DescribeParts, Part } from '../lib/parts.ts'
import { defaults } from './options.ts'

/** NovaCron's stand-in: PostgreSQL, cache, a host in each of two zones, api and two workers. */
export const describeParts: DescribeParts = ({ runId, options, address, direct, dataFile }) => {
  const common = optionEnv('NovaCron', defaults, options)
  const part = (name: string, component: string, main: string, env: Record<string, string>, after: string[]): Part => ({
    name,
    component,
    program: { kind: 'node', main },
    env: { ...common, ...env },
    after,
  })
  const stores = (component: string) => ({
    DATABASE_URL: databaseUrl(runId, address(component, 'postgres')),
    CACHE_URL: `http://${address(component, 'cache')}`,
  })
  const host = (name: string): Part =>
    part(name, name, 'systems/novacron/host/main.ts', { LEDGER_FILE: dataFile(name, 'ledger.ndjson') }, [])
  const worker = (name: string): Part =>
    part(
      name,
      'worker',
      'systems/novacron/worker/main.ts',
      {
        ...stores('worker'),
        HOST_A_URL: `http://${address('worker', 'host-a')}`,
        HOST_B_URL: `http://${address('worker', 'host-b')}`,
      },
      ['api', 'host-a', 'host-b'],
    )
  return {
    parts: [
      {
        name: 'postgres',
        component: 'postgres',
        program: { kind: 'postgres', settings: { max_connections: '60', shared_buffers: '64MB' } },
        after: [],
      },
      { name: 'cache', component: 'cache', program: { kind: 'node', main: 'systems/lib/cache/main.ts' }, after: [] },
      host('host-a'),
      host('host-b'),
      part('api', 'api', 'systems/novacron/api/main.ts', stores('api'), ['postgres', 'cache']),
      worker('worker-1'),
      worker('worker-2'),
    ],
    scenarioEnv: {
      NOVACRON_HOST_A_URL: `http://${direct('host-a')}`,
      NOVACRON_HOST_B_URL: `http://${direct('host-b')}`,
    },
  }
}
