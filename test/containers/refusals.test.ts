// What a user is told where containers cannot be had: one line, and what to do about it.
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Command } from '../integration/holdfast-command.ts'
import { endStarted } from '../started.ts'
import { startHoldfast } from './command.ts'
import { noEngine } from './engine.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-refusals-'))
})
afterAll(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const holdfast = (args: string[], env: Record<string, string> = {}): Command => startHoldfast(folder, args, env)
const smoke = ['run', 'batchsender/smoke', '--env', 'containers']

/** Everything that it said; nothing stays of a run that was refused. */
const refused = async (env: Record<string, string>): Promise<string> => {
  const run = holdfast(smoke, env)
  expect([await run.exit, run.said()]).toEqual([2, expect.any(String)])
  expect(readdirSync(join(folder, 'out'))).toEqual([])
  return run.said()
}

/** Takes every connection and never answers. */
const silent = async (address: string | number) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})))
  await once(typeof address === 'number' ? server.listen(address, '127.0.0.1') : server.listen(address), 'listening')
  const end = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as { port?: number }).port, [Symbol.dispose]: end }
}

describe('no engine', () => {
  test.each(['unix:///nowhere/docker.sock', 'tcp://127.0.0.1:9'])('nobody at %s', async (host) => {
    expect((await refused({ DOCKER_HOST: host })).split('\n')).toEqual([
      expect.stringContaining(`✕ no Docker engine answers at DOCKER_HOST=${host} (`),
      '  Start Docker (`docker info` says what is wrong), or use --env local, which needs none.',
      '',
    ])
  })

  test('one that takes a connection and never answers', async () => {
    const socket = join(folder, 'silent.sock')
    using _server = await silent(socket)
    expect(await refused({ DOCKER_HOST: `unix://${socket}` })).toContain('(no answer within 20 s)')
  })
})

describe.skipIf(noEngine !== undefined)('an image that is missing', () => {
  test('which one, why, and how to name or make it', async () => {
    const text = await refused({ HOLDFAST_IMAGE_NATS: '127.0.0.1:9/nats:1' })
    expect(text).toMatch(/^✕ the image 127\.0\.0\.1:9\/nats:1 is not here and cannot be pulled: .*connection refused/m)
    expect(text).toMatch(/^ {2}Name another one in HOLDFAST_IMAGE_NATS; .*test\/images\/build\.sh/m)
    expect(text.trim().split('\n')).toHaveLength(3)
  })

  test('Ctrl-C while it is pulled from a registry that does not answer', async () => {
    using server = await silent(0)
    const run = holdfast(smoke, { HOLDFAST_IMAGE_NATS: `127.0.0.1:${server.port}/nats:1` })
    await run.says('pulling 127.0.0.1:')
    run.child.kill('SIGINT')
    expect([await run.exit, run.said()]).toEqual([130, expect.stringContaining('✕ interrupted before the run began')])
    expect(readdirSync(join(folder, 'out'))).toEqual([])
  })
})
