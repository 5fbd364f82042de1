import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { HoldfastError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'

/** Who runs where while CPUs are under stress; null = everywhere. As `taskset -c` takes it. */
export interface CpuShares {
  load: string | null
  system: string | null
  loadCores: number
}

/**
 * With CPU stress in the plan, k6 and Holdfast get the first CPU and the system the others, so that
 * the load generator is not the victim. Holdfast's own process is moved, too.
 * @throws HoldfastError on a single core, or where `taskset` is missing: the stress would hit k6.
 */
export const shareCpus = (plan: Plan): CpuShares => {
  const stressed = plan.faults.some((fault) =>
    fault.injections.some((injection) => injection.driver === 'stress' && injection.resource === 'cpu'),
  )
  const cores = availableParallelism()
  if (!stressed) return { load: null, system: null, loadCores: cores }
  if (cores < 2) {
    throw new HoldfastError('cpuStress needs at least two CPUs: on one, the load generator would be the victim', {
      hint: 'Run this game day on a larger machine, or leave cpuStress out.',
    })
  }
  try {
    const shares = splitCpus(readFileSync('/proc/self/status', 'utf8'))
    execFileSync('taskset', ['-a', '-c', '-p', shares.load, String(process.pid)], { stdio: 'ignore' })
    return { ...shares, loadCores: 1 }
  } catch (cause) {
    throw new HoldfastError('cpuStress needs `taskset` to keep the load generator apart from the stress', {
      hint: 'Install util-linux (Linux); macOS cannot pin processes, so leave cpuStress out there.',
      cause,
    })
  }
}

/**
 * The first CPU that this process may use, and the others. A container's CPUs need not begin with 0.
 * @param status `/proc/self/status`; its `Cpus_allowed_list` reads `0-3,8`
 */
export const splitCpus = (status: string): { load: string; system: string } => {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''
  const cpus = list.split(',').flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
  const [load, ...system] = cpus
  if (load === undefined || system.length === 0) throw new Error(`no two CPUs in Cpus_allowed_list "${list}"`)
  return { load: String(load), system: system.join(',') }
}
