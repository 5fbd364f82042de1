import { HoldfastError } from '../../model/errors.ts'
import type { ProcessRef } from '../../model/event.ts'
import type { Injection } from '../../model/fault.ts'
import type { ActiveInjection, Driver, DriverContext } from './driver.ts'
import { isSameProcess, type ProcessStat, processStat, processTree, signalProcess } from './proc.ts'
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
  const killTree = () => {
    for (const { pid } of processTree(remember().pid)) signalProcess(pid, 'SIGKILL')
  }
  const gone = (): Evidence => {
    const ref = target.ref
    const alive = ref !== null && isSameProcess(ref.pid, ref.startTicks)
    return {
      ok: !alive,
      text: alive ? `${instance} (pid ${ref.pid}) is still alive` : `${instance} (pid ${ref?.pid}) is gone`,
    }
  }
  const confirmGone = (signal?: AbortSignal) => lookUntil(gone, { deadlineMs: confirmDeadlineMs, signal })
  // The fault is gone when the instance is started again; whether it is of use again is its recovery.
  const back = (): Evidence => {
    const ref = context.process(instance)
    return { ok: ref !== null, text: ref ? `${instance} was started again (pid ${ref.pid})` : `${instance} is down` }
  }

  const actions: Record<ProcessInjection['action'], ActiveInjection> = {
    kill: { inject: async () => killTree(), confirmActive: confirmGone, touches, checkBy },
    hold: {
      inject: async () => {
        context.hold(instance)
        killTree()
      },
      confirmActive: confirmGone,
      undo: async () => await context.release(instance),
      confirmRemoved: () => lookUntil(back, { deadlineMs: confirmDeadlineMs }),
      touches,
      checkBy,
    },
    freeze: {
      inject: async () => {
        const { pid: root } = remember()
        // What was forked between a look and its stop is found by the next look; a stopped tree forks no more.
        for (let fresh = processTree(root); fresh.length > 0; fresh = processTree(root).filter(notIn(frozen))) {
          for (const stat of fresh) signalProcess(stat.pid, 'SIGSTOP')
          frozen.push(...fresh)
        }
      },
      confirmActive: (signal) =>
        lookUntil(() => stopped(instance, frozen, true), { deadlineMs: confirmDeadlineMs, signal }),
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

const isAlive = ({ pid, startTicks }: ProcessStat): boolean => isSameProcess(pid, startTicks)

const notIn =
  (known: ProcessStat[]) =>
  ({ pid, startTicks }: ProcessStat): boolean =>
    !known.some((other) => other.pid === pid && other.startTicks === startTicks)

/** Every one of these processes is stopped, or none is. One that has ended meanwhile is not stopped. */
const stopped = (instance: string, processes: ProcessStat[], wanted: boolean): Evidence => {
  const states = processes.filter(isAlive).map(({ pid }) => processStat(pid)?.state ?? 'gone')
  const ok = wanted ? states.length > 0 && states.every((state) => state === 'T') : !states.includes('T')
  return { ok, text: `${instance}: process states ${states.join(' ') || 'none'}` }
}
