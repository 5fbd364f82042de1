import { join } from 'node:path'
import { type Tools, userPrefix } from '../build/toolchain.ts'
import { onLoopback, Toxiproxy } from '../chaos/drivers/toxiproxy.ts'
import { HoldfastError } from '../model/errors.ts'
import type { LocalLayout, ProcessSpec } from '../model/system.ts'
import { entranceOf } from './entrance.ts'
import { commandsOnly, type RunningSystem, type StartOptions } from './environment.ts'
import { reservePorts } from './ports.ts'
import { makeInRecord } from './record-files.ts'
import { recordFiles } from './record-names.ts'

const reservedPorts = 64

/** Starts Toxiproxy and every part of the system as processes of this machine, all on loopback. */
export const startLocal = async (options: StartOptions): Promise<RunningSystem> => {
  const { system, plan, tools, supervisor, ledger, signal, cpus } = options
  if (!system.local)
    throw new HoldfastError(`${system.title} has no local environment`, {
      hint: 'Use --env external --base-url <url>.',
    })
  const workDir = join(options.recordDir, recordFiles.work)
  makeInRecord(options.recordDir, recordFiles.work)
  const port = await reservePorts(reservedPorts)
  const layout = system.local({
    runId: plan.runId,
    projectDir: options.projectDir,
    workDir,
    port,
    tools: { node: tools.node, natsServer: tools.natsServer, postgres: tools.postgres, initdb: tools.initdb },
    asUser: userPrefix(),
    weaknesses: plan.weaknesses,
    options: plan.systemOptions,
  })
  const apiUrl = `http://127.0.0.1:${port('toxiproxy-api')}`
  ledger.sync({ type: 'proxy.server', apiUrl })
  await supervisor.startAll([proxyServer(tools, port('toxiproxy-api'))], signal)
  await new Toxiproxy(apiUrl).createProxies(layout.proxies.map(onLoopback))
  await supervisor.startAll(
    layout.processes.map((spec) => placed(spec, cpus.system)),
    signal,
  )
  return { ...running(layout, apiUrl, options), apiPort: port('k6-api') }
}

const proxyServer = (tools: Tools, port: number): ProcessSpec => ({
  name: 'toxiproxy',
  component: 'toxiproxy',
  command: [tools.toxiproxyServer, '-host', '127.0.0.1', '-port', String(port)],
  env: { LOG_LEVEL: 'error' },
  prepare: [],
  readiness: { kind: 'http', url: `http://127.0.0.1:${port}/version` },
  restartDelayMs: null,
  after: [],
})

/** Behind the proxies (they end last), and on the system's CPUs. */
const placed = (spec: ProcessSpec, cpus: string | null): ProcessSpec => ({
  ...spec,
  after: [...spec.after, 'toxiproxy'],
  command: cpus === null ? spec.command : ['taskset', '-c', cpus, ...spec.command],
})

const running = (
  layout: LocalLayout,
  apiUrl: string,
  { system, plan, supervisor, cpus, commandEnv }: StartOptions,
): Omit<RunningSystem, 'apiPort'> => {
  const { proxy, ...entrance } = entranceOf(layout, system)
  return {
    ...entrance,
    drivers: {
      ...commandsOnly('local', plan.runId, commandEnv),
      process: (instance) => supervisor.process(instance),
      readiness: (instance) => supervisor.spec(instance).readiness,
      hold: (instance) => supervisor.hold(instance),
      release: (instance) => supervisor.release(instance),
      proxyApiUrl: apiUrl,
      proxyServerRuns: () => supervisor.process('toxiproxy') !== null,
      proxy,
      cpus: () => cpus.system,
      startHelper: (name, argv) => supervisor.startHelper(name, argv),
      stopHelper: (ref) => supervisor.stopHelper(ref),
    },
    sampled: layout.processes.map(({ name, metricsUrl }) => ({
      component: name,
      process: () => supervisor.process(name),
      metricsUrl: metricsUrl ?? null,
    })),
  }
}
