import { HoldfastError } from '../../model/errors.ts'
import type { Link, System } from '../../model/system.ts'
import { containerParts } from '../lib/container-parts.ts'
import { localParts } from '../lib/local-parts.ts'
import { poolSeries, serviceSeries } from '../lib/series.ts'
import { auditTasks } from './audit.ts'
import { options } from './options.ts'
import { describeParts } from './parts.ts'
import { weaknesses } from './weaknesses.ts'

const links: Link[] = [
  { from: 'client', to: 'api' },
  { from: 'client', to: 'websocket' },
  { from: 'api', to: 'postgres' },
  { from: 'api', to: 'nats' },
  { from: 'websocket', to: 'nats' },
  { from: 'notifier', to: 'nats' },
  { from: 'notifier', to: 'postgres' },
  { from: 'recurring', to: 'nats' },
  { from: 'recurring', to: 'api' },
]

const standIn = (of: string): string => `a stand-in of the Todo App's ${of}, without Dapr`

/** Todo App: tasks, events to consumers and to WebSocket clients. Locally a stand-in of the same shape. */
export const todo: System = {
  name: 'todo',
  title: 'Todo App (tasks, events, WebSocket)',
  components: {
    api: {
      role: 'signs in, keeps tasks, publishes their events',
      replicas: 1,
      standsFor: standIn('HTTP services'),
      series: [...serviceSeries, ...poolSeries, 'queue_depth', 'tasks_changed_total', 'events_published_total'],
    },
    websocket: {
      role: 'tells clients of their task events',
      replicas: 1,
      standsFor: standIn('WebSocket service'),
      series: [...serviceSeries, 'websocket_connections', 'websocket_messages_total'],
    },
    notifier: {
      role: 'notifies of events',
      replicas: 1,
      standsFor: standIn('notification consumer'),
      series: [...serviceSeries, 'consumer_lag', 'events_consumed_total'],
    },
    recurring: {
      role: 'makes the next of recurring tasks',
      replicas: 1,
      standsFor: standIn('recurring-task consumer'),
      series: [...serviceSeries, 'consumer_lag', 'events_consumed_total'],
    },
    postgres: {
      role: 'holds tasks and the outbox',
      replicas: 1,
      standsFor: 'PostgreSQL of this machine for Neon',
      series: [],
    },
    nats: {
      role: 'topic of task events (JetStream)',
      replicas: 1,
      standsFor: 'NATS JetStream for Kafka behind Dapr',
      series: [],
    },
  },
  links,
  sloFile: 'slos/todo.yaml',
  weaknesses,
  options,
  secretEnv: ['TODO_PASSWORD', 'TODO_TOKEN_SECRET'],
  local: localParts(links, describeParts),
  containers: containerParts(links, describeParts),
  audit: auditTasks,
  externalEnv: (userEnv) => {
    const { TODO_PASSWORD, TODO_WEBSOCKET_URL } = userEnv
    if (TODO_PASSWORD && TODO_WEBSOCKET_URL) return { TODO_PASSWORD, TODO_WEBSOCKET_URL }
    throw new HoldfastError('TODO_PASSWORD or TODO_WEBSOCKET_URL is not set', {
      hint: 'Export the password of the test accounts, and the address of the WebSocket service (ws://host:port).',
    })
  },
}
