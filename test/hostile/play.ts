import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runAlone } from './alone.ts'
import { ids } from './base.ts'
import { commandLines, mostMs } from './commands.ts'
import { drawRecord } from './generator.ts'
import { newScene, plantChanges, watchScene } from './scene.ts'
import { tricks } from './tricks.ts'

/** What went wrong with one record; `job` is its seed, or the name of its trick. */
export interface Finding {
  job: string
  wrong: string[]
}

/** A folder for one worker, with a pipe and a socket that records get links to. */
export const makeRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-hostile-'))
  mkdirSync(join(root, 'prototypes'))
  execFileSync('mkfifo', [join(root, 'prototypes/pipe')])
  // One that is killed leaves its socket.
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  try {
    execFileSync(process.execPath, ['-e', script, join(root, 'prototypes/socket')])
  } catch {
    // As it was told to.
  }
  return root
}

/** Plays records one after the other in a worker; one that hangs is ended, and the next goes to a new worker. */
export const playAll = async (jobs: readonly string[], onFound: (finding: Finding) => void): Promise<void> => {
  const rest = [...jobs]
  const root = makeRoot()
  try {
    while (rest.length > 0) await playSome(root, rest, onFound)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** A worker is replaced after so many records, as what it has loaded and kept grows. */
const mostPerWorker = 200

const playSome = async (root: string, rest: string[], onFound: (finding: Finding) => void): Promise<void> => {
  const worker = spawn(
    process.execPath,
    ['--max-semi-space-size=4', '--expose-gc', join(import.meta.dirname, 'worker.ts'), root],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: join(root, 'state'), NO_COLOR: '1' } },
  )
  const ended = once(worker, 'exit')
  const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]()
  for (let played = 0; rest.length > 0 && played < mostPerWorker; played++) {
    const job = rest[0] ?? ''
    worker.stdin.write(`${job}\n`)
    const timer = setTimeout(() => worker.kill('SIGKILL'), 5 * mostMs)
    const { value, done } = await answers.next()
    clearTimeout(timer)
    rest.shift()
    if (done) {
      onFound({ job, wrong: ['the worker was ended, or ended by itself'] })
      break
    }
    const { isLarge, wrong } = JSON.parse(value) as { isLarge: boolean; wrong: string[] }
    onFound({ job, wrong: isLarge ? [...wrong, ...playAlone(root, job)] : wrong })
  }
  worker.stdin.end()
  await ended
}

/** Each command in a process of its own, for what only that shows. */
export const playAlone = (root: string, job: string, chosen: (args: string[]) => boolean = () => true): string[] => {
  const scene = newScene(root)
  const trick = tricks[job]
  if (trick) trick(scene)
  else plantChanges(scene, drawRecord(Number(job)))
  const changes = watchScene(scene)
  const at = { cwd: scene.outside, reportFile: join(tmpdir(), `holdfast-hostile-${process.pid}.json`) }
  const wrong = commandLines(scene.out, ids.hostile)
    .filter(chosen)
    .flatMap((args) => runAlone(args, at))
  return [...wrong, ...changes()]
}
