import type Dockerode from 'dockerode'
import type { ContainerControl, ContainerState, ContainerUsage } from '../../chaos/drivers/driver.ts'

const cpuPeriodUs = 100_000

/** What of a run's network a container needs to be connected again. */
export interface Place {
  network: string
  alias: string
  address: string
}

/** A container of the run, as faults and the sampler see it. */
export const controlOf = (docker: Dockerode, id: string, name: string, place: Place): ContainerControl => {
  const container = docker.getContainer(id)
  const network = docker.getNetwork(place.network)
  return {
    name,
    state: async () => stateOf(await container.inspect(), place.network),
    usage: async () => usageOf(await container.stats({ stream: false, 'one-shot': true })),
    kill: async () => void (await container.kill({ signal: 'SIGKILL' })),
    pause: async () => void (await container.pause()),
    unpause: async () => void (await container.unpause()),
    disconnect: async () => void (await network.disconnect({ Container: id, Force: true })),
    connect: async () => void (await network.connect({ Container: id, EndpointConfig: endpointOf(place) })),
    limitCpus: async (cpus) =>
      void (await container.update({
        CpuPeriod: cpuPeriodUs,
        // 0 would change nothing.
        CpuQuota: cpus === null ? -1 : Math.round(cpus * cpuPeriodUs),
      })),
    limitMemory: async (bytes) => void (await container.update({ Memory: bytes ?? -1, MemorySwap: bytes ?? -1 })),
  }
}

/** An alias for its name, and always the same address. */
export const endpointOf = ({ alias, address }: Place): Dockerode.EndpointSettings => ({
  Aliases: [alias],
  IPAMConfig: { IPv4Address: address },
})

const stateOf = (
  { State, HostConfig, NetworkSettings }: Dockerode.ContainerInspectInfo,
  network: string,
): ContainerState => {
  const { CpuQuota = 0, CpuPeriod = 0, NanoCpus = 0, Memory = 0 } = HostConfig
  return {
    running: State.Running,
    paused: State.Paused,
    startedAtMs: Date.parse(State.StartedAt),
    connected: NetworkSettings.Networks[network] !== undefined,
    cpus: CpuQuota > 0 ? CpuQuota / (CpuPeriod || cpuPeriodUs) : NanoCpus > 0 ? NanoCpus / 1e9 : null,
    memoryBytes: Memory > 0 ? Memory : null,
  }
}

const usageOf = ({ cpu_stats, memory_stats }: Dockerode.ContainerStats): ContainerUsage => {
  // The cache that can go: `inactive_file` with cgroup v2, `total_inactive_file` with v1, as `docker stats` counts it.
  const cache = memory_stats.stats as unknown as Record<string, number> | undefined
  const reclaimable = cache?.total_inactive_file ?? cache?.inactive_file ?? 0
  const { periods = 0, throttled_periods = 0 } = cpu_stats.throttling_data ?? {}
  return {
    cpuSeconds: cpu_stats.cpu_usage.total_usage / 1e9,
    // Of a container that has ended the engine says nothing.
    memoryBytes: memory_stats.usage === undefined ? Number.NaN : memory_stats.usage - reclaimable,
    memoryLimitBytes: memory_stats.limit ?? Number.NaN,
    cpuPeriods: periods,
    cpuPeriodsThrottled: throttled_periods,
  }
}
