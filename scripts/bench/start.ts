import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '../../model/event.ts'
import type { RecordLine } from '../../model/window.ts'
import { readWindows, recordFiles } from '../../run/record.ts'
import { type BenchPart, median } from './part.ts'

const runs = 5
const deadlineMs = 60_000

/** The command as a user starts it, up to its first request; what the system itself needs to start is taken off. */
export const start: BenchPart = {
  summary: 'from `run` to the first request, system start apart',
  measure: async ({ projectDir, workDir, say }) => {
    const times: { ownS: number; systemS: number }[] = []
    for (let i = 0; i < runs; i++) {
      times.push(await firstRequest(projectDir, join(workDir, `start-${i}`)))
      say(
        `run ${i + 1} of ${runs}: ${times.at(-1)?.ownS.toFixed(2)} s, and ${times.at(-1)?.systemS.toFixed(2)} s for the system`,
      )
    }
    const own = times.map(({ ownS }) => ownS)
    const from = own.map((value) => value.toFixed(2)).join(' ')
    return [
      { name: 'from `run` to the first request', value: median(own), unit: 's', limit: { op: '<=', value: 3 }, from },
      { name: 'start of the system itself', value: median(times.map(({ systemS }) => systemS)), unit: 's' },
    ]
  },
}

const firstRequest = async (projectDir: string, outDir: string): Promise<{ ownS: number; systemS: number }> => {
  const startedAtMs = Date.now()
  const argv = [
    '--max-semi-space-size=4',
    join(projectDir, 'scripts/holdfast.ts'),
    'run',
    'batchsender/smoke',
    '--out',
    outDir,
  ]
  const child = spawn(process.execPath, argv, { stdio: 'ignore', cwd: projectDir })
  const ended = once(child, 'exit')
  try {
    const events = await eventsAfterStart(outDir, child.pid)
    child.kill('SIGINT')
    await ended
    const firstMs = await firstSampleMs(join(outDir, readdirSync(outDir)[0] ?? ''))
    const systemMs = systemStartMs(events)
    return { ownS: (firstMs - startedAtMs - systemMs) / 1000, systemS: systemMs / 1000 }
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    await ended
  }
}

/** The ledger as soon as the load has been going on for long enough to have its first window. */
const eventsAfterStart = async (outDir: string, pid: number | undefined): Promise<RunEvent[]> => {
  for (const endMs = Date.now() + deadlineMs; Date.now() < endMs; await sleep(50)) {
    const [id] = existsSync(outDir) ? readdirSync(outDir) : []
    const file = join(outDir, id ?? '', recordFiles.events)
    if (id === undefined || !existsSync(file)) continue
    const events = readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RunEvent)
    if (events.some(({ type, atMs }) => type === 'load.started' && Date.now() - atMs > 1000)) return events
  }
  throw new Error(`no load within ${deadlineMs / 1000} s (process ${pid})`)
}

const firstSampleMs = async (recordDir: string): Promise<number> => {
  const startMs = (line: RecordLine) =>
    line.type === 'window' ? line.s * 1000 + line.firstUs / 1000 : Number.POSITIVE_INFINITY
  let first = Number.POSITIVE_INFINITY
  for await (const line of readWindows(recordDir)) first = Math.min(first, startMs(line))
  return first
}

/** From the start of the system's first process to the moment at which its last one was ready; Toxiproxy is ours. */
const systemStartMs = (events: RunEvent[]): number => {
  const own = (event: RunEvent) => 'instance' in event && !['toxiproxy', 'k6'].includes(event.instance)
  const readyAt = events.filter((event) => event.type === 'process.ready' && own(event)).map(({ atMs }) => atMs)
  const proxyReady = events.find((event) => event.type === 'process.ready' && event.instance === 'toxiproxy')
  if (!proxyReady || readyAt.length === 0) throw new Error('the ledger tells of no started system')
  // What is prepared before the first process (initdb, bundling) belongs to the system's start.
  return Math.max(...readyAt) - proxyReady.atMs
}
