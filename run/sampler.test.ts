import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { processStat } from '../chaos/drivers/proc.ts'
import type { SampleLine } from '../model/window.ts'
import { type Sampled, startSampler } from './sampler.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const serve = async (answer: (response: ServerResponse) => void): Promise<string> => {
  const server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
}

const target = (component: string, more: Partial<Sampled>): Sampled => ({
  component,
  process: () => null,
  metricsUrl: null,
  ...more,
})
const self = { instance: 'self', pid: process.pid, startTicks: processStat(process.pid)?.startTicks ?? 0 }

/** Samples until the second look begins: by then whatever the first one asked has had its time. */
const samples = async (targets: Sampled[]): Promise<SampleLine[]> => {
  const lines: SampleLine[] = []
  const last = Promise.withResolvers<void>()
  const stop = startSampler([...targets, target('last', { process: () => self })], (line) => {
    if (lines.some(({ component }) => component === 'last') && line.component === 'last') last.resolve()
    lines.push(line)
  })
  await last.promise
  stop()
  return lines.filter(({ component }) => component !== 'last')
}

test('what is down, answers with an error, or is no process is a gap, not a zero', async () => {
  let answered = 0
  const broken = await serve((response) => {
    answered++
    response.writeHead(500).end('queue_depth 5')
  })
  const lines = await samples([
    target('none', {}),
    target('broken', { metricsUrl: broken }),
    target('refused', { metricsUrl: 'http://127.0.0.1:1/metrics' }),
    target('gone', { process: () => ({ instance: 'gone', pid: 2 ** 22 + 5, startTicks: 1 }) }),
  ])
  expect(lines).toEqual([])
  expect(answered).toBeGreaterThan(0)
})

test("a component's own figures are kept, those of its runtime are not", async () => {
  const url = await serve((response) =>
    response.end(
      'queue_depth 5\nnodejs_heap_bytes 1\nprocess_cpu_seconds_total 9\ngo_goroutines 3\npromhttp_x 1\ngoals 2\n',
    ),
  )
  const gate = Promise.withResolvers<SampleLine>()
  const stop = startSampler([target('api', { metricsUrl: url })], gate.resolve)
  const line = await gate.promise
  stop()
  expect(line).toMatchObject({ type: 'sample', component: 'api', values: { queue_depth: 5, goals: 2 } })
  expect(Object.keys(line.values)).toEqual(['queue_depth', 'goals'])
})

test('memory and CPU of a process tree, with the fixed values beside them', async () => {
  const [line] = await samples([target('self', { process: () => self, extra: { cpu_limit_cores: 2 } })])
  expect(line?.values.cpu_limit_cores).toBe(2)
  expect(line?.values.process_resident_bytes).toBeGreaterThan(10_000_000)
  expect(line?.values.process_cpu_seconds).toBeGreaterThan(0)
  expect(line?.values.process_start_ticks).toBe(self.startTicks)
})

test('an answer that comes after the stop is left out', async () => {
  const asked = Promise.withResolvers<ServerResponse>()
  let asks = 0
  const url = await serve((response) => (asks++ === 0 ? asked.resolve(response) : response.end()))
  const lines: SampleLine[] = []
  const stop = startSampler([target('slow', { metricsUrl: url })], (line) => lines.push(line))
  const response = await asked.promise
  stop()
  response.end('queue_depth 5\n')
  await once(response, 'close')
  // A whole exchange later the first one has been read to its end, too.
  await (await fetch(url)).text()
  expect(lines).toEqual([])
})
