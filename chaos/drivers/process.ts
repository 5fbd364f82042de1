import { HoldfastError } from '../../model/errors.ts'
import type { ProcessRef } from '../../model/event.ts'
import type { Injection } from '../../model/fault.ts'
import type { ActiveInjection, Driver, DriverContext } from './driver.ts'
import { isSameProcess, processStat, processTree, signalProcess } from './proc.ts'
import { readyEvidence } from './ready.ts'
import { type Evidence, lookUntil } from './wait.ts'

type ProcessInjection = Extract<Injection, { driver: 'process' }>

const confirmDeadlineMs = 5_000
const backDeadlineMs = 30_000

/** kill, hold (down until released) and freeze (SIGSTOP) of one instance and everything below it. */
export const processDriver: Driver<ProcessInjection> = ({ action, instance }, context) => {
  const target = { ref: null as ProcessRef | null }
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
  const confirmGone = () => lookUntil(gone, { deadlineMs: confirmDeadlineMs })
  const confirmBack = () =>
    lookUntil(() => readyEvidence(context.readiness(instance), instance), { deadlineMs: backDeadlineMs })

  const actions: Record<ProcessInjection['action'], ActiveInjection> = {
    kill: { inject: async () => killTree(), confirmActive: confirmGone, touches, checkBy },
    hold: {
      inject: async () => {
        context.hold(instance)
        killTree()
      },
      confirmActive: confirmGone,
      undo: async () => context.release(instance),
      confirmRemoved: confirmBack,
      touches,
      checkBy,
    },
    freeze: {
      inject: async () => {
        for (const { pid } of processTree(remember().pid)) signalProcess(pid, 'SIGSTOP')
      },
      confirmActive: () => lookUntil(() => stopped(instance, target.ref, true), { deadlineMs: confirmDeadlineMs }),
      undo: async () => {
        if (target.ref) for (const { pid } of processTree(target.ref.pid)) signalProcess(pid, 'SIGCONT')
      },
      confirmRemoved: async () => {
        const running = await lookUntil(() => stopped(instance, target.ref, false), { deadlineMs: confirmDeadlineMs })
        return running.ok ? await confirmBack() : running
      },
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

/** Every process of the tree is stopped, or none is. A process that has ended meanwhile is not stopped. */
const stopped = (instance: string, ref: ProcessRef | null, wanted: boolean): Evidence => {
  const tree = ref === null ? [] : processTree(ref.pid)
  const states = tree.map(({ pid }) => processStat(pid)?.state ?? 'gone')
  const ok = wanted ? states.length > 0 && states.every((state) => state === 'T') : !states.includes('T')
  return { ok, text: `${instance}: process states ${states.join(' ') || 'none'}` }
}
