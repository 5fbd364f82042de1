import type { Injection } from '../../model/fault.ts'
import { stillSo } from './docker-look.ts'
import type { ActiveInjection, ContainerControl, ContainerState, ContainerUsage } from './driver.ts'
import { type Evidence, lookUntil } from './wait.ts'

type LimitInjection = Extract<Injection, { driver: 'docker'; action: 'cpu' | 'memory' }>

const confirmDeadlineMs = 10_000
const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`

/** What is left to a component that shares a CPU or its memory: the limits of its container are lowered. */
export const dockerLimitDriver = (injection: LimitInjection, container: ContainerControl): ActiveInjection => {
  const common = {
    touches: () => [],
    checkBy: [`docker inspect -f '{{.HostConfig.CpuQuota}} {{.HostConfig.Memory}}' ${container.name}`],
  }
  return injection.action === 'cpu'
    ? { ...cpuLimit(injection.cpus, container), ...common }
    : { ...memoryLimit(injection.bytes, container), ...common }
}

type Limited = Pick<ActiveInjection, 'inject' | 'confirmActive' | 'stillActive' | 'undo' | 'confirmRemoved'>

/** Proven by the kernel: it counts scheduler periods only for a container that has a limit. */
const cpuLimit = (cpus: number, container: ContainerControl): Limited => {
  const before = { periods: 0 }
  const isLimited = (state: ContainerState) => state.cpus !== null && Math.abs(state.cpus - cpus) < 0.01
  return {
    inject: async () => {
      before.periods = (await container.usage()).cpuPeriods
      await container.limitCpus(cpus)
    },
    confirmActive: (signal) =>
      look(container, signal, (state, usage) => ({
        ok: isLimited(state) && usage.cpuPeriods > before.periods,
        text: `may use ${state.cpus ?? 'any number of'} CPUs; it had to wait in ${usage.cpuPeriodsThrottled} of ${usage.cpuPeriods} scheduler periods`,
      })),
    stillActive: stillSo(container, (state) => ({
      ok: isLimited(state),
      text: `${container.name} may use ${state.cpus ?? 'any number of'} CPUs again`,
    })),
    undo: () => container.limitCpus(null),
    confirmRemoved: () =>
      look(container, undefined, (state) => ({
        ok: state.cpus === null,
        text: state.cpus === null ? 'has no CPU limit' : `may still use ${state.cpus} CPUs only`,
      })),
  }
}

const memoryLimit = (bytes: number, container: ContainerControl): Limited => {
  const before: { bytes: number | null } = { bytes: null }
  return {
    inject: async () => {
      before.bytes = (await container.state()).memoryBytes
      await container.limitMemory(bytes)
    },
    confirmActive: (signal) =>
      look(container, signal, (_, { memoryBytes, memoryLimitBytes }) => ({
        ok: memoryLimitBytes <= bytes,
        text: `may use ${mib(memoryLimitBytes)} and uses ${mib(memoryBytes)}`,
      })),
    stillActive: stillSo(container, ({ memoryBytes }) => ({
      ok: (memoryBytes ?? Number.POSITIVE_INFINITY) <= bytes,
      text: `${container.name} may use ${memoryBytes === null ? 'any memory' : mib(memoryBytes)} again`,
    })),
    undo: () => container.limitMemory(before.bytes),
    confirmRemoved: () =>
      look(container, undefined, (state) => ({
        ok: state.memoryBytes === before.bytes,
        text: `may use ${state.memoryBytes === null ? 'any memory' : mib(state.memoryBytes)}`,
      })),
  }
}

const look = (
  container: ContainerControl,
  signal: AbortSignal | undefined,
  judge: (state: ContainerState, usage: ContainerUsage) => Evidence,
): Promise<Evidence> =>
  lookUntil(
    async () => {
      const { ok, text } = judge(await container.state(), await container.usage())
      return { ok, text: `${container.name} ${text}` }
    },
    { deadlineMs: confirmDeadlineMs, everyMs: 100, signal },
  )
