import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export interface Command {
  path: string
  args?: string[]
  env?: Record<string, string>
}

/** Puts a command before another, so that it runs somewhere else: in a node of its own. */
export type Enter = (command: string[]) => string[]

/** The processes of one cluster, each in a group of its own, with a log in the cluster's folder. */
export interface Processes {
  /** @returns its pid */
  start: (name: string, command: Command) => number
  /** What is started from now on runs in there. */
  moveTo: (enter: Enter) => void
  /** SIGKILL: what a test takes away is gone at once. Resolves when it is. */
  kill: (name: string) => Promise<void>
  /**
   * Asks until the answer is true.
   * @throws Error with the end of the log when the process ends first, or after `withinMs`
   */
  until: (name: string, isReady: () => Promise<boolean>, withinMs?: number) => Promise<void>
  /** Ends all of them and removes the folder. */
  close: () => Promise<void>
}

const pollMs = 50

/** @param folder holds the logs and all state; it is removed at the end, also when this process is killed */
export const createProcesses = (folder: string): Processes => {
  const guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.ts'), folder], {
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  // An owner that forgets to close is not kept alive by it: its end closes the pipe.
  guard.unref()
  const guardEnded = once(guard, 'exit')
  const running = new Map<string, ChildProcess>()
  let enter: Enter = (command) => command
  const logOf = (name: string) => join(folder, `${name}.log`)
  const failure = (name: string, what: string) =>
    new Error(`${name} ${what}:\n${readFileSync(logOf(name), 'utf8').split('\n').slice(-15).join('\n')}`)
  return {
    start: (name, { path, args = [], env = {} }) => {
      const log = openSync(logOf(name), 'a')
      const [program = path, ...rest] = enter([path, ...args])
      const child = spawn(program, rest, {
        cwd: folder,
        env: { ...process.env, ...env },
        detached: true,
        stdio: ['ignore', log, log],
      })
      closeSync(log)
      if (child.pid === undefined) throw new Error(`${path} could not be started`)
      guard.stdin?.write(`+${child.pid}\n`)
      child.unref()
      running.set(name, child)
      return child.pid
    },
    moveTo: (somewhere) => {
      enter = somewhere
    },
    kill: async (name) => {
      const child = running.get(name)
      if (child?.pid === undefined) throw new Error(`${name} does not run`)
      running.delete(name)
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.signalCode === null) {
        child.ref()
        process.kill(-child.pid, 'SIGKILL')
        await ended
      }
      guard.stdin?.write(`-${child.pid}\n`)
    },
    until: async (name, isReady, withinMs = 60_000) => {
      const deadline = performance.now() + withinMs
      for (;;) {
        const child = running.get(name)
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) throw failure(name, 'ended')
        if (await isReady()) return
        if (performance.now() > deadline) throw failure(name, `was not ready within ${withinMs / 1000} s`)
        await wait(pollMs)
      }
    },
    close: async () => {
      guard.ref()
      guard.stdin?.end()
      await guardEnded
    },
  }
}
