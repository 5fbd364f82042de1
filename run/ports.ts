import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'

const lowest = 10_000
/** Where the kernel's own range begins when it can't be asked: macOS has 49152, most systems are above. */
const usualEphemeral = 32_768

/**
 * Finds free loopback ports; the same name always gives the same one. They lie below the range from
 * which the kernel takes ports of outgoing connections: while a part is down, such a connection could
 * take its port, and a proxy that tries to reach it could even be connected to itself.
 */
export const reservePorts = async (count: number): Promise<(name: string) => number> => {
  // All are held open at once, so that no two are the same.
  const servers: Server[] = []
  for (let tries = 0; servers.length < count; tries++) {
    if (tries > 50 * count) throw new Error(`no ${count} free ports between ${lowest} and ${ephemeralStart()}`)
    const server = await listen(lowest + Math.floor(Math.random() * (ephemeralStart() - lowest)))
    if (server) servers.push(server)
  }
  const free = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  const taken = new Map<string, number>()
  return (name) => {
    const port = taken.get(name) ?? free.pop()
    if (port === undefined) throw new Error(`more than ${count} ports asked for`)
    taken.set(name, port)
    return port
  }
}

const ephemeralStart = (): number => {
  if (process.platform !== 'linux') return usualEphemeral
  const start = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0])
  // Somebody has given nearly all ports to connections: then there is no better place.
  return start > lowest + 5_000 ? start : usualEphemeral
}

/** Null when the port is taken. */
const listen = (port: number): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
