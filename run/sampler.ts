import { type ProcessStat, processForest } from '../chaos/drivers/proc.ts'
import type { ProcessRef } from '../model/event.ts'
import type { SampleLine } from '../model/window.ts'
import { parsePrometheusText } from './prometheus-text.ts'

const everyMs = 1_000
const timeoutMs = 900

/** One thing to look at each second. */
export interface Sampled {
  component: string
  process: () => ProcessRef | null
  /** Read instead of a process, where it is not one of this machine. */
  usage?: () => Promise<Record<string, number>>
  metricsUrl: string | null
  /** Fixed values to add, for instance `cpu_limit_cores`. */
  extra?: Record<string, number>
}

/**
 * Reads memory and CPU of each component's processes and its `/metrics` once a second. What cannot
 * be read is left out: a gap in the record is no data, never a zero. Returns the function that stops it.
 */
export const startSampler = (targets: Sampled[], onSample: (line: SampleLine) => void): (() => void) => {
  const sample = async (target: Sampled, tree: (pid: number) => ProcessStat[]): Promise<void> => {
    const atMs = Date.now()
    const used = processValues(target.process(), tree)
    const [asked, metrics] = await Promise.all([usageOf(target), metricsValues(target.metricsUrl)])
    const values = { ...used, ...asked, ...metrics }
    if (!stopped && Object.keys(values).length > 0)
      onSample({ type: 'sample', atMs, component: target.component, values: { ...values, ...target.extra } })
  }
  let stopped = false
  const busy = new Set<Sampled>()
  const tick = () => {
    const tree = processForest()
    for (const target of targets) {
      // A component that answers slowly is asked again only after it has answered.
      if (busy.has(target)) continue
      busy.add(target)
      void sample(target, tree).finally(() => busy.delete(target))
    }
  }
  tick()
  const timer = setInterval(tick, everyMs)
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

const processValues = (ref: ProcessRef | null, treeOf: (pid: number) => ProcessStat[]): Record<string, number> => {
  if (ref === null) return {}
  const tree = treeOf(ref.pid)
  if (tree.length === 0) return {}
  return {
    // A child that ends takes its CPU time out of the sum: a restart is seen by this alone.
    process_start_ticks: ref.startTicks,
    process_resident_bytes: tree.reduce((sum, stat) => sum + stat.residentBytes, 0),
    process_cpu_seconds: tree.reduce((sum, stat) => sum + stat.cpuSeconds, 0),
  }
}

const usageOf = async ({ usage }: Sampled): Promise<Record<string, number>> => {
  try {
    return (await usage?.()) ?? {}
  } catch {
    return {} // it has just ended: a gap
  }
}

const metricsValues = async (url: string | null): Promise<Record<string, number>> => {
  if (url === null) return {}
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) {
      await response.body?.cancel()
      return {}
    }
    return withoutRuntime(parsePrometheusText(await response.text()))
  } catch {
    return {} // down or too slow: a gap
  }
}

/** Runtime internals fill the record and nobody asks for them; memory and CPU come from the process itself. */
export const withoutRuntime = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !/^(nodejs|process|go|promhttp)_/.test(name)))
