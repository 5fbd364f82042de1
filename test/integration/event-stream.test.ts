// What an EventStream promises, with a broker that is killed: nothing that was published is missed.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { System } from '../../model/system.ts'
import { EventStream } from '../../systems/lib/event-stream.ts'
import { localParts } from '../../systems/lib/local-parts.ts'
import { makeLog } from '../../systems/lib/log.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

const links = [{ from: 'client', to: 'nats' }]
const broker: System = {
  name: 'broker',
  title: 'Broker',
  components: { nats: { role: 'keeps events', replicas: 1 } },
  links,
  sloFile: '',
  weaknesses: {},
  secretEnv: [],
  local: localParts(links, () => ({
    parts: [{ name: 'nats', component: 'nats', program: { kind: 'nats' }, after: [] }],
    scenarioEnv: {},
  })),
}

let parts: Parts
const streams: EventStream[] = []
let stopping: AbortController

const open = (): EventStream => {
  const stream = new EventStream({
    url: parts.url('nats').replace('http', 'nats'),
    name: 'test',
    stream: 'EVENTS',
    subject: 'events',
    maxAgeMs: 600_000,
    maxBytes: 10_000_000,
    timeoutMs: 1000,
    log: makeLog('test', () => undefined),
  })
  streams.push(stream)
  return stream
}

/** Until JetStream has it. A message id makes more tries harmless. */
const publish = (stream: EventStream, data: string) =>
  waitUntil(`${data} is published`, () =>
    stream.publish(data, data).then(
      () => true,
      () => false,
    ),
  )

beforeEach(async () => {
  stopping = new AbortController()
  parts = await startParts(broker)
})
afterEach(async () => {
  stopping.abort()
  await Promise.all(streams.splice(0).map((stream) => stream.close()))
  await parts?.stop()
})

const killBroker = async () => {
  await parts.end('nats', 'SIGKILL')
  await parts.start('nats')
}

test('a follower sees what was there and what comes, in order and once, over the death of the broker', async () => {
  const stream = open()
  for (const data of ['a', 'b']) await publish(stream, data)
  const seen: string[] = []
  const sequences: number[] = []
  const caughtUpAfter: number[] = []
  const following = open().follow({
    sinceMs: 60_000,
    onEvent: ({ data, sequence }) => {
      seen.push(data)
      sequences.push(sequence)
    },
    onCaughtUp: () => caughtUpAfter.push(seen.length),
    signal: stopping.signal,
  })
  await waitUntil('it has caught up', async () => caughtUpAfter.length > 0)
  expect(seen).toEqual(['a', 'b'])
  await publish(stream, 'c')
  await killBroker()
  await publish(stream, 'd')
  await publish(stream, 'd')
  await waitUntil('d is there', async () => seen.includes('d'))
  expect(seen).toEqual(['a', 'b', 'c', 'd'])
  expect(sequences).toEqual([1, 2, 3, 4])
  stopping.abort()
  await following
})

test('a follower has caught up at once where there is nothing', async () => {
  await new Promise<void>((resolve) => {
    void open().follow({ sinceMs: 60_000, onEvent: () => undefined, onCaughtUp: resolve, signal: stopping.signal })
  })
})

test('a group goes on where it was, each group sees all, and what was not confirmed comes again', async () => {
  const stream = open()
  for (const data of ['a', 'b']) await publish(stream, data)
  const first: string[] = []
  const firstMember = new AbortController()
  const consuming = stream.consume({
    durable: 'one',
    ackWaitMs: 1000,
    concurrency: 1,
    handle: async (data) => {
      first.push(data)
      if (data !== 'b') return
      firstMember.abort()
      throw new Error('fails, and then the member leaves')
    },
    signal: firstMember.signal,
  })
  await consuming
  expect(first).toEqual(['a', 'b'])
  expect(await stream.lag('one')).toBe(1)
  await publish(stream, 'c')
  const later: [string, string][] = []
  const consumeAs = (durable: string) =>
    open().consume({
      durable,
      ackWaitMs: 1000,
      concurrency: 1,
      handle: async (data) => void later.push([durable, data]),
      signal: stopping.signal,
    })
  const both = [consumeAs('one'), consumeAs('two')]
  await waitUntil('both groups have seen c', async () => later.filter(([, data]) => data === 'c').length === 2)
  await waitUntil('nothing is left', async () => (await stream.lag('one').catch(() => 1)) === 0)
  expect(
    later
      .filter(([group]) => group === 'one')
      .map(([, data]) => data)
      .sort(),
  ).toEqual(['b', 'c'])
  expect(later.filter(([group]) => group === 'two').map(([, data]) => data)).toEqual(['a', 'b', 'c'])
  stopping.abort()
  await Promise.all(both)
})
