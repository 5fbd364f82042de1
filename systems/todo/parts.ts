import { databaseUrl } from '../lib/database-role.ts'
import { optionEnv } from '../lib/options.ts'
import type { DescribeParts, Part } from '../lib/parts.ts'
import { runSecret } from '../lib/run-secret.ts'
import { defaults } from './options.ts'

/** The Todo App's stand-in: PostgreSQL, NATS, api, WebSocket service and two consumers. */
export const describeParts: DescribeParts = ({ runId, options, address }) => {
  const common = {
    ...optionEnv('the Todo App', defaults, options),
    TODO_TOKEN_SECRET: runSecret(`${runId} tokens`),
  }
  const password = runSecret(`${runId} password`)
  const node = (name: string, env: Record<string, string>, after: string[]): Part => ({
    name,
    component: name,
    program: { kind: 'node', main: `systems/todo/${name}/main.ts` },
    env: { ...common, NATS_URL: `nats://${address(name, 'nats')}`, ...env },
    after,
  })
  const database = (name: string) => ({ DATABASE_URL: databaseUrl(runId, address(name, 'postgres')) })
  return {
    parts: [
      {
        name: 'postgres',
        component: 'postgres',
        program: { kind: 'postgres', settings: { max_connections: '60', shared_buffers: '64MB' } },
        after: [],
      },
      { name: 'nats', component: 'nats', program: { kind: 'nats' }, after: [] },
      node('api', { ...database('api'), TODO_PASSWORD: password }, ['postgres', 'nats']),
      node('websocket', {}, ['nats']),
      node('notifier', database('notifier'), ['api']),
      node('recurring', { API_URL: `http://${address('recurring', 'api')}` }, ['api']),
    ],
    scenarioEnv: { TODO_PASSWORD: password, TODO_WEBSOCKET_URL: `ws://${address('client', 'websocket')}` },
  }
}
