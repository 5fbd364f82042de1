import { fileURLToPath } from 'node:url'
import type { ProcessRef } from '../../model/event.ts'
import type { Injection } from '../../model/fault.ts'
import type { Driver } from './driver.ts'
import { isSameProcess, processStat } from './proc.ts'
import { type Evidence, lookUntil } from './wait.ts'

const program = fileURLToPath(new URL('stress-main.ts', import.meta.url))
const confirmDeadlineMs = 5_000
/** CPU seconds that a stress process must have burnt before it counts as active: more than its own start takes. */
const burntSeconds = 0.3
/** Less than Node itself takes, which must not count as memory that is held. */
const ownBytes = 20 * 2 ** 20

/**
 * A process of our own that burns the CPUs that an instance runs on, or fills memory beside it. It
 * cannot outlive its deadline.
 */
export const stressDriver: Driver<Extract<Injection, { driver: 'stress' }>> = (injection, context) => {
  const helper: { ref: ProcessRef | null } = { ref: null }
  const what = `${injection.resource} stress on ${injection.instance}`
  const figures =
    injection.resource === 'cpu'
      ? [injection.workers, injection.loadRatio, injection.deadlineMs]
      : [injection.bytes, injection.deadlineMs]

  const isThere = () => helper.ref !== null && isSameProcess(helper.ref.pid, helper.ref.startTicks)
  const look = (): Evidence => {
    const stat = helper.ref && isThere() ? processStat(helper.ref.pid) : null
    if (stat === null) return { ok: false, text: `${what}: its process is gone` }
    return injection.resource === 'cpu'
      ? { ok: stat.cpuSeconds >= burntSeconds, text: `${what}: ${stat.cpuSeconds.toFixed(2)} s of CPU burnt` }
      : {
          ok: stat.residentBytes >= injection.bytes + ownBytes,
          text: `${what}: ${Math.round(stat.residentBytes / 2 ** 20)} MiB held`,
        }
  }

  return {
    inject: async () => {
      const cpus = injection.resource === 'cpu' ? context.cpus(injection.instance) : null
      const pin = cpus === null ? [] : ['taskset', '-c', cpus]
      helper.ref = context.startHelper(`stress-${injection.instance}`, [
        ...pin,
        process.execPath,
        program,
        injection.resource,
        ...figures.map(String),
      ])
    },
    confirmActive: (signal) => lookUntil(look, { deadlineMs: confirmDeadlineMs, signal }),
    stillActive: () => ({ ok: isThere(), text: `${what}: its process has ended` }),
    undo: async () => {
      if (helper.ref) context.stopHelper(helper.ref)
    },
    confirmRemoved: () =>
      lookUntil(
        () => {
          const alive = isThere()
          return { ok: !alive, text: alive ? `${what}: its process is still alive` : `${what}: its process is gone` }
        },
        { deadlineMs: confirmDeadlineMs },
      ),
    touches: () => [],
    checkBy: ['ps -eo pid,args | grep stress-main'],
  }
}
