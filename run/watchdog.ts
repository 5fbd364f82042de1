import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runEnvironmentName } from './mark.ts'

const program = fileURLToPath(new URL('watchdog-main.ts', import.meta.url))

export interface Watchdog {
  pid: number | undefined
  /** Calls back when it ends before it is dismissed: from then on a SIGKILL of Holdfast would leave everything. */
  whenGone: (callback: (error: Error) => void) => void
  dismiss: () => Promise<void>
}

/**
 * Starts the watchdog of a run: a process of its own that undoes everything within seconds when
 * Holdfast dies without having said `dismiss`, and then gives the run's lock back. It carries no mark
 * of the run, so that it does not end itself.
 */
export const startWatchdog = (recordDir: string, lockFile?: string): Watchdog => {
  const child = spawn(process.execPath, [program, recordDir, ...(lockFile === undefined ? [] : [lockFile])], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // The user's own environment: undo commands of runbook steps need it (HOME, KUBECONFIG).
    // Never through a proxy to what runs on this machine.
    env: { ...process.env, [runEnvironmentName]: undefined, NODE_USE_ENV_PROXY: undefined },
  })
  let dismissed = false
  const exited = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.on('error', (error) => resolve(error.message))
  })
  child.stdin.on('error', () => {})
  return {
    pid: child.pid,
    whenGone: (callback) => {
      void exited.then((how) => dismissed || callback(new Error(`the watchdog has ended (${how})`)))
    },
    dismiss: async () => {
      dismissed = true
      child.stdin.end('done\n')
      await exited
    },
  }
}
