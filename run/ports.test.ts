import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { reservePorts } from './ports.ts'

test('asking for more than was reserved throws', async () => {
  const port = await reservePorts(1)
  port('a')
  expect(() => port('b')).toThrow('more than 1 ports')
})

test('the same name has the same port, other names have others, and all are free', async () => {
  const port = await reservePorts(64)
  const names = Array.from({ length: 64 }, (_, index) => `p${index}`)
  const ports = names.map(port)
  expect(new Set(ports).size).toBe(64)
  expect(names.map(port)).toEqual(ports)
  const servers = ports.map((number) => createServer().listen(number, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  for (const server of servers) server.close()
})

test.skipIf(process.platform !== 'linux')(
  'no port is one that the kernel gives to outgoing connections',
  async ({ skip }) => {
    const lowest = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t')[0])
    skip(lowest < 15_000, 'this machine leaves no room below its outgoing ports')
    const port = await reservePorts(64)
    for (let index = 0; index < 64; index++) expect(port(`p${index}`)).toBeLessThan(lowest)
  },
)
