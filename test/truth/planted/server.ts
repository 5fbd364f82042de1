// The planted server: a process whose behaviour is known, and which logs what it really did. The log
// is the truth that the harness is measured against, not what the server was told to do.
import { existsSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isEvery, latencyMs, outageOf, type Plant, type Plants, type TruthLine, type WitnessLine } from './plants.ts'
import { Switch } from './switch.ts'

const setting = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

const plants = JSON.parse(setting('PLANTS')) as Plants
const port = Number(setting('PORT'))
const host = process.env.HOST ?? '127.0.0.1'
const log = openSync(setting('TRUTH_FILE'), 'a', 0o600)
const stored = new Map<string, { copies: number; visibleAtMs: number }>()
const switched = new Switch()

// One that died never comes back: its second life ends at once.
const onceFile = process.env.ONCE_FILE
if (onceFile !== undefined) {
  if (existsSync(onceFile)) process.exit(1)
  writeFileSync(onceFile, '')
}

const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

/** Line by line, so that a killed server has told of everything that it answered. */
type SwitchLine = { switched: string; atUs: number }
const tell = (line: TruthLine | WitnessLine | SwitchLine | { refuses: boolean; atUs: number }): void => {
  writeSync(log, `${JSON.stringify(line)}\n`)
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://planted')
  const plant = plants[url.pathname]
  request.resume()
  if (url.pathname === '/ready') response.end('ready')
  else if (url.pathname === '/stored') response.end(JSON.stringify(visible(url.searchParams.get('ids'))))
  else if (url.pathname.startsWith('/switch/')) {
    const { status, line } = switched.call(url, Date.now())
    if (line) tell({ switched: line, atUs: nowUs() })
    response.writeHead(status).end()
  } else if (url.pathname === '/witness') {
    const of = (name: string) => url.searchParams.get(name)
    tell({ witness: of('path') ?? '', n: Number(of('n')), waitedMs: Number(of('waited')) })
    response.end()
  } else if (plant) serve(plant, url, request, response)
  else response.writeHead(404).end()
})
// An idle connection that the server closes would look like an outage.
server.keepAliveTimeout = 0
server.listen(port, host, () => {
  if (process.env.URL_FILE !== undefined) writeFileSync(process.env.URL_FILE, `http://${host}:${port}`)
})

/** The writes that a read shows by now; all, or of these ids. */
const visible = (ids: string | null): [string, number][] => {
  const wanted = ids === null ? [...stored.keys()] : ids.split(',')
  return wanted.flatMap((id): [string, number][] => {
    const write = stored.get(id)
    return write !== undefined && write.visibleAtMs <= Date.now() ? [[id, write.copies]] : []
  })
}

const serve = (plant: Plant, url: URL, request: IncomingMessage, response: ServerResponse): void => {
  const arrivedUs = nowUs()
  const n = Number(url.searchParams.get('n'))
  const id = url.searchParams.get('id')
  const { status, delayMs } = decide(plant, url.pathname, n)
  const copies = id === null ? undefined : store(plant, url.pathname, n, id)
  unlogged++
  response.on('close', () => {
    const line = { path: url.pathname, n, sentMs: Number(url.searchParams.get('sent')), arrivedUs, answeredUs: nowUs() }
    const write = id === null ? {} : { id, stored: copies ?? 0 }
    tell({ ...line, ...write, status: response.writableFinished ? status : 0 })
    unlogged--
    if (isLeaving) leave()
  })
  if (status === 0) return
  const answer = () => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }
  if (plant.workers !== undefined) lineOf(url.pathname, plant.workers).join(delayMs, answer)
  else if (delayMs === 0) answer()
  else setTimeout(answer, delayMs)
  const refusal = plant.outages?.find((outage) => outage.how === 'refuse' && outage.fromN === n)
  if (refusal?.how === 'refuse') response.on('finish', () => refuse(refusal.ms))
  request.on('error', () => {}) // the client has left; `close` tells
}

/** Workers that serve one request each at a time, first come, first served. */
class Line {
  #free: number
  #waiting: (() => void)[] = []

  constructor(workers: number) {
    this.#free = workers
  }

  join(serviceMs: number, answer: () => void): void {
    const serve = () => {
      setTimeout(() => {
        answer()
        const next = this.#waiting.shift()
        if (next) next()
        else this.#free++
      }, serviceMs)
    }
    if (this.#free === 0) this.#waiting.push(serve)
    else {
      this.#free--
      serve()
    }
  }
}

const lines = new Map<string, Line>()
const lineOf = (path: string, workers: number): Line => {
  const line = lines.get(path) ?? new Line(workers)
  lines.set(path, line)
  return line
}

const decide = (plant: Plant, path: string, n: number): { status: number; delayMs: number } => {
  const delayMs = latencyMs(plant.latency, n) + stallMs(plant)
  const outage = outageOf(plant, n) ?? switched.troubleOf(path, n, Date.now())
  if (outage?.how === 'hang') return { status: 0, delayMs }
  if (outage?.how === 'errors') return { status: 500, delayMs }
  if (outage?.how === 'slow') return { status: 200, delayMs: outage.slowMs }
  return { status: isEvery(n, plant.failEvery) || isEvery(n, plant.denyEvery) ? 500 : 200, delayMs }
}

/** Until the end of the stall in which it is now. */
const stallMs = ({ stalls }: Plant): number =>
  stalls === undefined ? 0 : Math.max(0, stalls.ms - (Date.now() % stalls.everyMs))

/** How often a write is there afterwards: 0 when it is forgotten. */
const store = (plant: Plant, path: string, n: number, id: string): number => {
  const isForgotten = isEvery(n, plant.forgetEvery) || switched.troubleOf(path, n, Date.now())?.how === 'forget'
  const copies = isForgotten ? 0 : isEvery(n, plant.duplicateEvery) ? 2 : 1
  const visibleAtMs = Date.now() + (plant.visibleAfterMs ?? 0)
  if (copies > 0) stored.set(id, { copies: (stored.get(id)?.copies ?? 0) + copies, visibleAtMs })
  return copies
}

/** Nobody listens, and open connections end, for so long. */
const refuse = (ms: number): void => {
  server.close()
  server.closeAllConnections()
  tell({ refuses: true, atUs: nowUs() })
  setTimeout(() => server.listen(port, host, () => tell({ refuses: false, atUs: nowUs() })), ms)
}

/** Requests that are not in the log yet. */
let unlogged = 0
let isLeaving = false

/** Only when every request that came is in the log: the connections that end with it tell of theirs a moment later. */
const leave = (): void => {
  if (unlogged === 0) process.exit(0)
}

process.on('SIGTERM', () => {
  isLeaving = true
  server.close()
  server.closeAllConnections()
  leave()
})
