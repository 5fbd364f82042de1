import { Toxiproxy } from '../chaos/drivers/toxiproxy.ts'
import { requireToxiproxyVersion } from '../chaos/drivers/toxiproxy-version.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ContainerSpec, ContainersContext, ContainersLayout, System } from '../model/system.ts'
import { connectEngine, type Engine } from './containers/engine.ts'
import { type Images, prepareImages, preparePartsImage } from './containers/images.ts'
import { ContainerKeeper } from './containers/keeper.ts'
import { createNetwork } from './containers/network.ts'
import { removeContainers } from './containers/remove.ts'
import { within } from './containers/within.ts'
import { entranceOf } from './entrance.ts'
import { commandsOnly, type RunningSystem, type StartOptions } from './environment.ts'
import { runMark } from './mark.ts'
import { reservePorts } from './ports.ts'
import type { Sampled } from './sampler.ts'

const reservedPorts = 64

export interface PrepareOptions {
  system: System
  weaknesses: string[]
  systemOptions: Record<string, string>
  projectDir: string
  userEnv: Record<string, string | undefined>
  onStep?: (text: string) => void
  signal: AbortSignal
}

/**
 * Everything that a run in containers needs before it begins: an engine that answers, and the images.
 * @throws HoldfastError that says what is missing and what to do, or the signal's reason.
 */
export const prepareContainers = async (options: PrepareOptions): Promise<{ engine: Engine; images: Images }> => {
  const { system, weaknesses, systemOptions, signal } = options
  const engine = await connectEngine()
  // Which images it needs does not depend on its ports.
  const layout = layoutOf(system, { runId: '', port: () => 1, weaknesses, options: systemOptions })
  return { engine, images: await within(signal, prepareImages(engine, { ...options, layout })) }
}

/**
 * Builds the image of a system's own parts, for a cluster to run.
 * @returns its name, `holdfast/<system>:latest`: the newest build has it
 * @throws HoldfastError where there is no engine, or the system has no parts
 */
export const buildSystemImage = async (
  options: Pick<PrepareOptions, 'system' | 'projectDir' | 'userEnv' | 'onStep'>,
): Promise<string> => {
  const layout = layoutOf(options.system, { runId: '', port: () => 1, weaknesses: [], options: {} })
  const engine = await connectEngine()
  const image = await preparePartsImage(engine, { ...options, layout })
  const [repo = ''] = image.split(':')
  await engine.docker.getImage(image).tag({ repo, tag: 'latest' })
  return `${repo}:latest`
}

/** Starts Toxiproxy and every part of the system in containers on a network of their own. */
export const startContainers = async (options: StartOptions): Promise<RunningSystem> => {
  const { system, plan, recordDir, ledger, signal, undo } = options
  const { runId, weaknesses, systemOptions } = plan
  const { engine, images } = await prepareContainers({ ...options, weaknesses, systemOptions })
  const mark = runMark(runId, process.pid)
  const port = await reservePorts(reservedPorts)
  const layout = layoutOf(system, { runId, port, weaknesses, options: systemOptions })
  const proxy = proxyServer(port('toxiproxy-api'), layout)
  signal.throwIfAborted()
  ledger.sync({ type: 'containers.starting', engineId: engine.id, images })
  const running: { keeper: ContainerKeeper | null } = { keeper: null }
  undo.push('the containers', async () => {
    await running.keeper?.stop()
    await removeContainers(engine, mark)
    running.keeper?.endWatch()
    ledger.append({ type: 'containers.removed' })
  })
  const network = await createNetwork(engine, runId, mark)
  const keeper = new ContainerKeeper({ engine, runId, mark, recordDir, network, images, ledger })
  running.keeper = keeper
  keeper.onUnexpectedEnd = options.supervisor.onUnexpectedEnd
  await keeper.watch()
  const apiUrl = `http://127.0.0.1:${port('toxiproxy-api')}`
  ledger.sync({ type: 'proxy.server', apiUrl })
  // A part finds its proxies when it starts, so they come first; where a proxy leads to is asked later.
  await keeper.startAll([proxy], signal)
  const toxiproxy = new Toxiproxy(apiUrl)
  requireToxiproxyVersion(await toxiproxy.version(), options.tools.versions.toxiproxyServer)
  await toxiproxy.createProxies(
    layout.proxies.map(({ name, listenPort, to, upstreamPort }) => ({
      name,
      listen: `0.0.0.0:${listenPort}`,
      upstream: `${keeper.address(to)}:${upstreamPort}`,
    })),
  )
  await keeper.startAll(layout.containers, signal)
  return { ...runningSystem(layout, apiUrl, keeper, options), apiPort: port('k6-api') }
}

const layoutOf = (system: System, context: ContainersContext): ContainersLayout => {
  if (system.containers) return system.containers(context)
  throw new HoldfastError(`${system.title} has no containers environment`, {
    hint: 'Use --env local or --env external --base-url <url>.',
  })
}

const proxyServer = (apiPort: number, { proxies }: ContainersLayout): ContainerSpec => ({
  name: 'toxiproxy',
  component: 'toxiproxy',
  image: 'toxiproxy',
  command: ['-host', '0.0.0.0', '-port', String(apiPort)],
  env: { LOG_LEVEL: 'error' },
  ports: [apiPort, ...proxies.map(({ listenPort }) => listenPort)],
  readiness: { kind: 'http', url: `http://127.0.0.1:${apiPort}/version` },
  restartDelayMs: null,
  after: [],
})

const runningSystem = (
  layout: ContainersLayout,
  apiUrl: string,
  keeper: ContainerKeeper,
  { system, plan, commandEnv }: StartOptions,
): Omit<RunningSystem, 'apiPort'> => {
  const { proxy, ...entrance } = entranceOf(layout, system)
  return {
    ...entrance,
    drivers: {
      ...commandsOnly('containers', plan.runId, commandEnv),
      readiness: (instance) => keeper.spec(instance).readiness,
      hold: (instance) => keeper.hold(instance),
      release: (instance) => keeper.release(instance),
      container: (instance) => keeper.control(instance),
      proxyApiUrl: apiUrl,
      proxyServerRuns: () => keeper.runs('toxiproxy'),
      proxy,
    },
    sampled: layout.containers.map((spec) => sampledOf(spec, keeper)),
  }
}

/** Under the names that processes have, so that one objective judges both. */
const sampledOf = ({ name, metricsUrl }: ContainerSpec, keeper: ContainerKeeper): Sampled => ({
  component: name,
  process: () => null,
  usage: async () => {
    if (!keeper.runs(name)) return {}
    const { memoryBytes, cpuSeconds } = await keeper.control(name).usage()
    // It ended while it was asked: no data.
    return Number.isNaN(memoryBytes) ? {} : { process_resident_bytes: memoryBytes, process_cpu_seconds: cpuSeconds }
  },
  metricsUrl: metricsUrl ?? null,
})
