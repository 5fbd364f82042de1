import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program of ours in a process of its own. */
export interface Started {
  child: ChildProcess
  /** The exit code, or the signal that ended it. */
  exit: Promise<number | string>
  /** Everything on stdout and stderr so far. */
  said: () => string
}

/** Starts a program with this Node. */
export const start = (argv: string[], options: Pick<SpawnOptions, 'cwd' | 'env'> = {}): Started => {
  const child = spawn(process.execPath, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  endAtLast(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk))
  const exit = new Promise<number | string>((done) =>
    child.on('close', (code, signal) => done(code ?? signal ?? 'unknown')),
  )
  return { child, exit, said: () => text }
}

const underWay = new Map<ChildProcess, (signal: NodeJS.Signals) => void>()

/** `endStarted` ends it, too. @param kill for one that leads a process group, which is to be ended as a whole */
export const endAtLast = (child: ChildProcess, kill = (signal: NodeJS.Signals) => void child.kill(signal)): void => {
  underWay.set(child, kill)
  child.once('exit', () => underWay.delete(child))
}

/**
 * Ends what a failed test has left running, as Ctrl-C does, so that it removes what it has made. For the hook that
 * deletes its folder: first this, since whoever ends needs the folder.
 */
export const endStarted = async (graceMs = 60_000): Promise<void> => {
  await Promise.all(
    [...underWay].map(async ([child, kill]) => {
      const ended = once(child, 'exit')
      kill('SIGINT')
      const late = setTimeout(() => kill('SIGKILL'), graceMs)
      await ended
      clearTimeout(late)
    }),
  )
}
