import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runEnvironmentName } from './mark.ts'

const program = fileURLToPath(new URL('watchdog-main.ts', import.meta.url))

/**
 * Starts the watchdog of a run: a process of its own that undoes everything within seconds when
 * Holdfast dies without having said `dismiss`, and then gives the run's lock back. It carries no mark
 * of the run, so that it does not end itself.
 */
export const startWatchdog = (recordDir: string, lockFile?: string): { dismiss: () => Promise<void> } => {
  const child = spawn(process.execPath, [program, recordDir, ...(lockFile === undefined ? [] : [lockFile])], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // The user's own environment: undo commands of runbook steps need it (HOME, KUBECONFIG).
    env: { ...process.env, [runEnvironmentName]: undefined },
  })
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', () => resolve())
  })
  child.stdin.on('error', () => {})
  return {
    dismiss: async () => {
      child.stdin.end('done\n')
      await exited
    },
  }
}
