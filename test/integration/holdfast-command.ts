import { join } from 'node:path'
import { type Started, start } from '../started.ts'

const program = join(import.meta.dirname, '../../scripts/holdfast.ts')

/** A command line under way. */
export interface Command extends Started {
  /** Resolves when this was said; rejects when the command ends without. */
  says: (text: string) => Promise<void>
}

/** The command line as a user starts it, with records, locks and the safety lever in a folder of its own. */
export const holdfastIn = (folder: string, env: Record<string, string>, ...args: string[]): Command => {
  const started = start([program, ...args], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), NO_COLOR: '1', ...env },
  })
  const { child, exit, said } = started
  const says = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (said().includes(wanted)) resolve()
      }
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', look)
      look()
      void exit.then((code) => reject(new Error(`ended (${code}) without saying "${wanted}": ${said()}`)))
    })
  return { ...started, says }
}
