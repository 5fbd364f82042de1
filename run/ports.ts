import { createServer, type Server } from 'node:net'

/** Asks the kernel for free loopback ports; the same name always gives the same one. */
export const reservePorts = async (count: number): Promise<(name: string) => number> => {
  // All are held open at once, so that no two are the same.
  const servers = await Promise.all(Array.from({ length: count }, listen))
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

const listen = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
