import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

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
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk))
  const exit = new Promise<number | string>((done) =>
    child.on('close', (code, signal) => done(code ?? signal ?? 'unknown')),
  )
  return { child, exit, said: () => text }
}
