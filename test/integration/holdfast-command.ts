import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const program = join(import.meta.dirname, '../../scripts/holdfast.ts')

/** A command line under way. */
export interface Command {
  child: ChildProcess
  /** The exit code, or the signal that ended it. */
  exit: Promise<number | string>
  /** Everything on stdout and stderr so far. */
  said: () => string
  /** Resolves when this was said; rejects when the command ends without. */
  says: (text: string) => Promise<void>
}

/** The command line as a user starts it, with records, locks and the safety lever in a folder of its own. */
export const holdfastIn = (folder: string, env: Record<string, string>, ...args: string[]): Command => {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk
      for (const look of waiting) look()
    })
  }
  const exit = new Promise<number | string>((done) => child.on('close', (code, signal) => done(code ?? signal ?? '')))
  const says = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!text.includes(wanted)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void exit.then((code) => reject(new Error(`ended (${code}) without saying "${wanted}": ${text}`)))
    })
  return { child, exit, said: () => text, says }
}
