import { spawn } from 'node:child_process'
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

test('nobody else is given a port of it, though none is in use yet', async () => {
  const ports: number[] = []
  for (let run = 0; run < 20; run++) {
    const port = await reservePorts(64)
    ports.push(...Array.from({ length: 64 }, (_, index) => port(`p${index}`)))
  }
  expect(new Set(ports).size).toBe(20 * 64)
})

test('what keeps them keeps no process from ending, and goes with it', async () => {
  const script = `
    const { reservePorts } = await import(${JSON.stringify(new URL('ports.ts', import.meta.url).href)})
    console.log((await reservePorts(1))('a'))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [[text], [code]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')])
  expect(code).toBe(0)
  const port = Number(text)
  const kept = createServer().listen(port - (port % 128), '127.0.0.1')
  await once(kept, 'listening')
  kept.close()
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
