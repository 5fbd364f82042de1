import { HoldfastError } from '../../model/errors.ts'
import type { ProcessRef } from '../../model/event.ts'
import type { Injection } from '../../model/fault.ts'
import type { ActiveInjection, Driver, DriverContext } from './driver.ts'
import { type ProcessStat, processStat, processTree, signalProcess } from './proc.ts'
import { isAlive, killProcessTree, stopProcessTree } from './process-tree.ts'
import { type Evidence, lookUntil } from './wait.ts'

type ProcessInjection = Extract<Injection, { driver: 'process' }>

const confirmDeadlineMs = 5_000

/** kill, hold (down until released) and freeze (SIGSTOP) of one instance and everything below it. */
export const processDriver: Driver<ProcessInjection> = ({ action, instance }, context) => {
  const target = { ref: null as ProcessRef | null }
  const frozen: ProcessStat[] = []
  const touches = () => refs(instance, context)
  const checkBy = [`ps -o pid,stat,args -p ${context.process(instance)?.pid ?? '<pid>'}`]
  const remember = (): ProcessRef => {
    target.ref = context.process(instance)
    if (target.ref === null) throw new HoldfastError(`${instance} is not running, so it cannot be hit`)
    return target.ref
  }
  const stopTree = async () => stopProcessTree(remember().pid, frozen)
  const killTree = async () => killProcessTree(remember().pid, frozen)
  const gone = (): Evidence => {
    const ref = target.ref
    const [alive] = frozen.filter(isAlive)
    return {
      ok: alive === undefined,
      text: alive ? `${instance}: pid ${alive.pid} is still alive` : `${instance} (pid ${ref?.pid}) is gone`,
    }
  }
  const confirmGone = (signal?: AbortSignal) => lookUntil(gone, { deadlineMs: confirmDeadlineMs, signal })
  // The fault is gone when the instance is started again; whether it is of use again is its recovery.
  const back = (): Evidence => {
    const ref = context.process(instance)
    return { ok: ref !== null, text: ref ? `${instance} was started again (pid ${ref.pid})` : `${instance} is down` }
  }

  const actions: Record<ProcessInjection['action'], ActiveInjection> = {
    kill: { inject: killTree, confirmActive: confirmGone, touches, checkBy },
    hold: {
      inject: async () => {
        context.hold(instance)
        await killTree()
      },
      confirmActive: confirmGone,
      stillActive: () => ({ ...back(), ok: context.process(instance) === null }),
      undo: async () => await context.release(instance),
      confirmRemoved: () => lookUntil(back, { deadlineMs: confirmDeadlineMs }),
      touches,
      checkBy,
    },
    freeze: {
      inject: stopTree,
      confirmActive: (signal) =>
        lookUntil(() => stopped(instance, frozen, true), { deadlineMs: confirmDeadlineMs, signal }),
      stillActive: () => stopped(instance, frozen, true),
      undo: async () => {
        // By what was stopped, not by the tree: children whose parent has died meanwhile are in no tree.
        for (const { pid } of frozen.filter(isAlive)) signalProcess(pid, 'SIGCONT')
      },
      confirmRemoved: () => lookUntil(() => stopped(instance, frozen, false), { deadlineMs: confirmDeadlineMs }),
      touches,
      checkBy,
    },
  }
  return actions[action]
}

const refs = (instance: string, context: DriverContext): ProcessRef[] => {
  const root = context.process(instance)
  return root === null ? [] : processTree(root.pid).map(({ pid, startTicks }) => ({ instance, pid, startTicks }))
}

/** Every one of these processes is stopped, or none is. One that has ended meanwhile is not stopped. */
const stopped = (instance: string, processes: ProcessStat[], wanted: boolean): Evidence => {
  const states = processes.filter(isAlive).map(({ pid }) => processStat(pid)?.state ?? 'gone')
  const ok = wanted ? states.length > 0 && states.every((state) => state === 'T') : !states.includes('T')
  return { ok, text: `${instance}: process states ${states.join(' ') || 'none'}` }
}
