import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { HoldfastError } from '../../model/errors.ts'
import type { LocalContext, LocalLayout, ProcessSpec, ProxySpec } from '../../model/system.ts'
import { defaults, envName } from './defaults.ts'

/** A kubelet's first back-off is 10 s; its restarts of a healthy image take about this long. */
const restartDelayMs = 2000

/**
 * The documents allow a worker 100 MB. Of that some 50 MB are pages of the node binary itself; with
 * the defaults V8 and malloc would spend memory to save time that a worker does not need.
 */
const smallNode = {
  flags: ['--max-semi-space-size=1', '--max-old-space-size=32'],
  env: { MALLOC_ARENA_MAX: '1' },
}

/** New with each process of Holdfast, so that no run's secret can be known beforehand. */
const secretOfProcess = randomBytes(32)

/** The same for the same run, so that asking twice for a layout gives one answer. */
const secretOf = (runId: string): string => createHmac('sha256', secretOfProcess).update(runId).digest('hex')

/**
 * BatchSender's stand-in on one machine: PostgreSQL, NATS, provider, api and two workers; every link
 * goes through a proxy of its own.
 * @throws HoldfastError for an option that does not exist or is not a number.
 */
export const localLayout = (context: LocalContext): LocalLayout => {
  const { projectDir, workDir, port, tools, asUser, weaknesses, options, runId } = context
  const databaseDir = join(workDir, 'postgres')
  const secret = secretOf(runId)
  const restart = weaknesses.includes('never-restarts') ? null : restartDelayMs
  const url = (name: string) => `http://127.0.0.1:${port(name)}`
  const bundleOf = (name: string) => join(workDir, `${name}.mjs`)
  const dependencies = (component: string) => ({
    DATABASE_URL: `postgres://postgres@127.0.0.1:${port(`proxy ${component}-postgres`)}/postgres`,
    NATS_URL: `nats://127.0.0.1:${port(`proxy ${component}-nats`)}`,
  })

  const nodePart = (
    name: string,
    component: string,
    after: string[],
    env: Record<string, string>,
    flags: string[] = [],
  ): ProcessSpec => ({
    name,
    component,
    command: [tools.node, ...flags, bundleOf(name)],
    env: {
      PORT: String(port(name)),
      INSTANCE: name,
      WEAKNESSES: weaknesses.join(','),
      ...optionEnv(options),
      ...env,
    },
    prepare: [bundleCommand(projectDir, component, bundleOf(name))],
    readiness: { kind: 'http', url: `${url(name)}/health/ready` },
    metricsUrl: `${url(name)}/metrics`,
    restartDelayMs: restart,
    after,
  })
  const worker = (name: string) =>
    nodePart(
      name,
      'worker',
      ['api', 'provider'],
      {
        ...dependencies('worker'),
        ...smallNode.env,
        PROVIDER_URL: url('proxy worker-provider'),
      },
      smallNode.flags,
    )

  const processes: ProcessSpec[] = [
    {
      name: 'postgres',
      component: 'postgres',
      command: [
        ...asUser,
        tools.postgres,
        '-D',
        databaseDir,
        '-p',
        String(port('postgres')),
        '-h',
        '127.0.0.1',
        '-c',
        'unix_socket_directories=',
        '-c',
        'max_connections=60',
        '-c',
        'shared_buffers=64MB',
      ],
      env: {},
      prepare: [
        [
          ...asUser,
          tools.initdb,
          '-D',
          databaseDir,
          '-U',
          'postgres',
          '-A',
          'trust',
          '-E',
          'UTF8',
          '--no-locale',
          '--no-sync',
        ],
      ],
      readiness: { kind: 'postgres', port: port('postgres') },
      restartDelayMs: restart,
      after: [],
    },
    {
      name: 'nats',
      component: 'nats',
      command: [tools.natsServer, '-a', '127.0.0.1', '-p', String(port('nats')), '-js', '-sd', join(workDir, 'nats')],
      env: {},
      prepare: [],
      readiness: { kind: 'nats', port: port('nats') },
      restartDelayMs: restart,
      after: [],
    },
    nodePart('provider', 'provider', [], {
      BATCHSENDER_WEBHOOK_SECRET: secret,
      LEDGER_FILE: join(workDir, 'provider-ledger.ndjson'),
      WEBHOOK_URL: `${url('proxy provider-api')}/webhooks/stand-in`,
    }),
    nodePart('api', 'api', ['postgres', 'nats'], { ...dependencies('api'), BATCHSENDER_WEBHOOK_SECRET: secret }),
    worker('worker-1'),
    worker('worker-2'),
  ]

  const proxy = (from: string, to: string, protocol: ProxySpec['protocol']): ProxySpec => ({
    name: `${from}-${to}`,
    from,
    to,
    listenPort: port(`proxy ${from}-${to}`),
    upstreamPort: port(to),
    protocol,
  })

  return {
    processes,
    proxies: [
      proxy('client', 'api', 'http'),
      proxy('api', 'postgres', 'postgres'),
      proxy('api', 'nats', 'nats'),
      proxy('worker', 'postgres', 'postgres'),
      proxy('worker', 'nats', 'nats'),
      proxy('worker', 'provider', 'http'),
      proxy('provider', 'api', 'http'),
    ],
    baseUrl: url('proxy client-api'),
    scenarioEnv: { BATCHSENDER_WEBHOOK_SECRET: secret, BATCHSENDER_PROVIDER_URL: url('provider') },
  }
}

/**
 * Parts run as one JavaScript file each, as in production: from its sources a part holds Node's
 * TypeScript stripper (17 MB) in memory and takes twice as long to start.
 */
const bundleCommand = (projectDir: string, component: string, outFile: string): string[] => [
  join(projectDir, 'node_modules/.bin/esbuild'),
  join(projectDir, 'systems/batchsender', component, 'main.ts'),
  '--bundle',
  '--platform=node',
  '--format=esm',
  '--target=node24',
  '--log-level=warning',
  // Optional and native; pg asks for it and goes on without.
  '--external:pg-native',
  // The libraries that are CommonJS call `require` for Node's own modules.
  `--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
  `--outfile=${outFile}`,
]

const optionEnv = (options: Record<string, string>): Record<string, string> => {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new HoldfastError(`systemOptions.${name}: BatchSender has no such option`, {
        hint: `Options: ${Object.keys(defaults).join(', ')}.`,
      })
    }
    if (value.trim() === '' || !(Number(value) >= 0)) {
      throw new HoldfastError(`systemOptions.${name}: "${value}" is not a number`, {
        hint: `Write a number of at least 0; the default is ${defaults[name as keyof typeof defaults]}.`,
      })
    }
    env[envName(name)] = value
  }
  return env
}
