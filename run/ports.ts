import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'

const lowest = 10_000
/** Where the kernel's own range begins when it can't be asked: macOS has 49152, most systems are above. */
const usualEphemeral = 32_768
/** About twice what a run asks for: some of them belong to other programs. */
const blockSize = 128
const triedBlocks = 200

/**
 * Finds free loopback ports; the same name always gives the same one. They lie below the range from
 * which the kernel takes ports of outgoing connections: while a part is down, such a connection could
 * take its port, and a proxy that tries to reach it could even be connected to itself.
 *
 * All are of one block, whose first port is kept open until this process ends, however it ends: another
 * run then takes another block, and no port that is free only until it is used, or while a part is down.
 * @param count less than 128
 * @throws Error when no block has so many free ports, or when more are asked for
 */
export const reservePorts = async (count: number): Promise<(name: string) => number> => {
  const free = await findBlock(count)
  const taken = new Map<string, number>()
  return (name) => {
    const port = taken.get(name) ?? free.pop()
    if (port === undefined) throw new Error(`more than ${count} ports asked for`)
    taken.set(name, port)
    return port
  }
}

/** Blocks begin at multiples of their size, so that every Holdfast has the same ones. */
const findBlock = async (count: number): Promise<number[]> => {
  const first = Math.ceil(lowest / blockSize)
  const blocks = Math.floor(ephemeralStart() / blockSize) - first
  for (let tries = 0; tries < triedBlocks; tries++) {
    const ports = await takeBlock((first + Math.floor(Math.random() * blocks)) * blockSize, count)
    if (ports) return ports
  }
  throw new Error(`no ${count} free ports between ${lowest} and ${ephemeralStart()}`)
}

/** Null when somebody has the block, or too many of its ports. */
const takeBlock = async (start: number, count: number): Promise<number[] | null> => {
  const kept = await listen(start)
  if (!kept) return null
  const free: number[] = []
  for (let port = start + 1; free.length < count && port < start + blockSize; port++) {
    const server = await listen(port)
    if (!server) continue
    free.push(port)
    await close(server)
  }
  if (free.length === count) return free
  await close(kept)
  return null
}

const ephemeralStart = (): number => {
  if (process.platform !== 'linux') return usualEphemeral
  const start = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0])
  // Somebody has given nearly all ports to connections: then there is no better place.
  return start > lowest + 5_000 ? start : usualEphemeral
}

/** Keeps no process from ending. Null when the port is taken. */
const listen = (port: number): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy()).unref()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
