import type { WaitStrategy } from 'testcontainers'
import { readyEvidence } from '../../chaos/drivers/ready.ts'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import { containerMemoryBytes } from '../../model/container-limits.ts'
import type { ContainerSpec } from '../../model/system.ts'
import { endpointOf, type Place } from './control.ts'
import { instanceLabel, loadTestcontainers, runLabel } from './engine.ts'

export interface PartOptions {
  spec: ContainerSpec
  image: string
  name: string
  mark: string
  place: Place
  readyDeadlineMs: number
  signal: AbortSignal
  /** Told before it starts. */
  onCreated: (id: string) => void
}

/**
 * Makes and starts one container through testcontainers, and waits until it is ready by asking it itself.
 * testcontainers publishes on every address of the machine and gives no fixed ones on a network, so both are set here.
 */
export const startPart = async (options: PartOptions): Promise<void> => {
  const { spec, image, name, mark, place } = options
  const { GenericContainer } = await loadTestcontainers()
  class PartContainer extends GenericContainer {
    constructor() {
      super(image)
      this.withName(name)
      this.withCommand(spec.command)
      this.withEnvironment(spec.env)
      const files = Object.entries(spec.files ?? {})
      this.withCopyContentToContainer(files.map(([target, content]) => ({ target, content, mode: 0o644 })))
      this.withLabels({ [runLabel]: mark, [instanceLabel]: spec.name })
      this.withDefaultLogDriver()
      this.withNetworkMode(place.network)
      this.withWaitStrategy(ready(options))
      const published = spec.ports.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(port) }]])
      this.createOpts.ExposedPorts = Object.fromEntries(published.map(([port]) => [port, {}]))
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [place.network]: endpointOf(place) } }
      this.hostConfig.PortBindings = Object.fromEntries(published)
      this.hostConfig.Memory = containerMemoryBytes
      this.hostConfig.MemorySwap = containerMemoryBytes
    }
    protected override async containerCreated(id: string): Promise<void> {
      options.onCreated(id)
    }
  }
  await new PartContainer().start()
}

const ready = ({ spec, readyDeadlineMs, signal }: PartOptions): WaitStrategy => {
  const strategy: WaitStrategy = {
    waitUntilReady: async () => {
      const look = () => readyEvidence(spec.readiness, spec.name)
      const { ok, text } = await lookUntil(look, { deadlineMs: readyDeadlineMs, signal })
      signal.throwIfAborted()
      if (!ok) throw new Error(text)
    },
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => readyDeadlineMs,
  }
  return strategy
}
