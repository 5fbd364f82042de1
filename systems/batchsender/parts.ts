import { databaseUrl } from '../lib/database-role.ts'
import { optionEnv } from '../lib/options.ts'
import type { DescribeParts, Part } from '../lib/parts.ts'
import { runSecret } from '../lib/run-secret.ts'
import { defaults } from './defaults.ts'

/**
 * The documents allow a worker 100 MB. Of that some 50 MB are pages of the node binary itself; with
 * the defaults V8 and malloc would spend memory to save time that a worker does not need.
 */
const smallNode = {
  flags: ['--max-semi-space-size=1', '--max-old-space-size=32'],
  env: { MALLOC_ARENA_MAX: '1' },
}

/** BatchSender's stand-in: PostgreSQL, NATS, provider, api and two workers. */
export const describeParts: DescribeParts = ({ runId, options, address, direct, dataFile }) => {
  const secret = runSecret(runId)
  const common = optionEnv('BatchSender', defaults, options)
  const dependencies = (component: string) => ({
    DATABASE_URL: databaseUrl(runId, address(component, 'postgres')),
    NATS_URL: `nats://${address(component, 'nats')}`,
  })
  const main = (component: string) => `systems/batchsender/${component}/main.ts`
  const worker = (name: string): Part => ({
    name,
    component: 'worker',
    program: { kind: 'node', main: main('worker'), flags: smallNode.flags },
    env: {
      ...common,
      ...dependencies('worker'),
      ...smallNode.env,
      PROVIDER_URL: `http://${address('worker', 'provider')}`,
    },
    after: ['api', 'provider'],
  })
  return {
    parts: [
      {
        name: 'postgres',
        component: 'postgres',
        program: { kind: 'postgres', settings: { max_connections: '60', shared_buffers: '64MB' } },
        after: [],
      },
      { name: 'nats', component: 'nats', program: { kind: 'nats' }, after: [] },
      {
        name: 'provider',
        component: 'provider',
        program: { kind: 'node', main: main('provider') },
        env: {
          ...common,
          BATCHSENDER_WEBHOOK_SECRET: secret,
          LEDGER_FILE: dataFile('provider', 'ledger.ndjson'),
          WEBHOOK_URL: `http://${address('provider', 'api')}/webhooks/stand-in`,
        },
        after: [],
      },
      {
        name: 'api',
        component: 'api',
        program: { kind: 'node', main: main('api') },
        env: { ...common, ...dependencies('api'), BATCHSENDER_WEBHOOK_SECRET: secret },
        after: ['postgres', 'nats'],
      },
      worker('worker-1'),
      worker('worker-2'),
    ],
    scenarioEnv: { BATCHSENDER_WEBHOOK_SECRET: secret, BATCHSENDER_PROVIDER_URL: `http://${direct('provider')}` },
  }
}
