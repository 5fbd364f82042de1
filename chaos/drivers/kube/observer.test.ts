import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KubeConfig } from '@kubernetes/client-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KubeApi } from './api.ts'
import { ClusterClock } from './clock.ts'
import { Observer } from './observer.ts'

/** What the next call gets, and what it must have asked for. */
interface Step {
  asks: string
  answer: (response: ServerResponse) => void
}

let server: Server
let steps: Step[] = []
let asked: string[] = []
let observer: Observer

beforeEach(async () => {
  steps = []
  asked = []
  server = createServer(({ url = '' }, response) => {
    const { searchParams } = new URL(url, 'http://x')
    asked.push(searchParams.has('watch') ? `watch from ${searchParams.get('resourceVersion')}` : 'list')
    const step = steps[asked.length - 1]
    if (step === undefined)
      response.flushHeaders() // a watch in which nothing happens any more
    else step.answer(response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const config = { applyToHTTPSOptions: async () => {} } as unknown as KubeConfig
  const api = new KubeApi(config, `http://127.0.0.1:${port}`)
  observer = new Observer(api, new ClusterClock(), { namespace: 'shop', kind: 'PodChaos', name: 'one' })
})
afterEach(() => {
  observer.stop()
  server.closeAllConnections()
  server.close()
})

const object = (resourceVersion: string, phase = 'Not Injected') => ({
  metadata: { name: 'one', resourceVersion },
  status: {
    conditions: [
      { type: 'Selected', status: 'True' },
      { type: 'AllInjected', status: phase === 'Injected' ? 'True' : 'False' },
    ],
    experiment: {
      desiredPhase: 'Run',
      containerRecords: [{ id: 'shop/web', selectorKey: '.', phase, injectedCount: 1, recoveredCount: 0 }],
    },
  },
})
const list = (resourceVersion: string, ...items: object[]): Step => ({
  asks: 'list',
  answer: (response) => response.end(JSON.stringify({ metadata: { resourceVersion }, items })),
})
const watch = (from: string, lines: object[], end: 'ends' | 'is cut' | 'stays'): Step => ({
  asks: `watch from ${from}`,
  answer: (response) => {
    response.write(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`, () => {
      if (end === 'ends') response.end()
      if (end === 'is cut') response.destroy()
    })
  },
})
const refusal = (from: string, code: number): Step => ({
  asks: `watch from ${from}`,
  answer: (response) => response.writeHead(code).end(JSON.stringify({ reason: 'Expired', message: 'too old' })),
})

/** Goes through the steps; the last of them says that the fault is injected. */
const follow = async (...wanted: Step[]): Promise<void> => {
  steps = wanted
  observer.start()
  expect(await observer.until(({ state }) => state === 'injected', 9_000)).toBe(true)
  expect(asked.slice(0, wanted.length)).toEqual(wanted.map(({ asks }) => asks))
}

const injected = { type: 'MODIFIED', object: object('9', 'Injected') }
const bookmark = (resourceVersion: string) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } })

test('a watch that the server ends goes on from its last bookmark', async () => {
  await follow(list('5'), watch('5', [bookmark('7')], 'ends'), watch('7', [injected], 'stays'))
})

test('a watch that the server ends goes on from its last change', async () => {
  const change = { type: 'ADDED', object: object('6') }
  await follow(list('5'), watch('5', [change], 'ends'), watch('6', [injected], 'stays'))
})

test('a place that is too old, told in the watch, begins anew with a list', async () => {
  const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old resource version' } }
  await follow(list('5'), watch('5', [expired], 'ends'), list('8', object('8')), watch('8', [injected], 'stays'))
})

test('a place that is too old, told as the answer, begins anew with a list', async () => {
  await follow(list('5'), refusal('5', 410), list('8', object('8')), watch('8', [injected], 'stays'))
})

test('a connection that is cut begins anew with a list, which tells what was missed', async () => {
  await follow(list('5'), watch('5', [bookmark('6')], 'is cut'), list('9', object('9', 'Injected')))
})

test('a server that is away for a moment is asked again', async () => {
  const away: Step = { asks: 'list', answer: (response) => response.destroy() }
  await follow(away, away, list('5', object('5')), refusal('5', 503), list('9', object('9', 'Injected')))
  expect(observer.trouble).toBeNull()
})

test('Events that cannot be read are no trouble of the watch, and no trouble any more once they are', async () => {
  await follow(list('5'), watch('5', [injected], 'stays'))
  const answers = [503, 200]
  const events: Step = {
    asks: 'list',
    answer: (response) =>
      response.writeHead(answers.shift() ?? 200).end(JSON.stringify({ items: [], message: 'no leader', reason: 'x' })),
  }
  steps = [...steps, events, events]
  await observer.readEvents(() => true)
  expect([observer.trouble, observer.eventsTrouble]).toEqual([null, 'no leader'])
  await observer.readEvents(() => true)
  expect([observer.trouble, observer.eventsTrouble]).toEqual([null, null])
})

test('an object that a new list no longer holds is gone', async () => {
  steps = [list('5'), watch('5', [injected], 'is cut'), list('12')]
  observer.start()
  expect(await observer.until((_edges, { gone }) => gone, 9_000)).toBe(true)
  expect(observer.edges.state).toBe('lost')
})

test('a state of before, seen again after a reconnection, changes nothing', async () => {
  const older = { type: 'MODIFIED', object: object('8') }
  await follow(list('5'), watch('5', [injected, older, bookmark('11')], 'ends'))
  await expect.poll(() => asked).toContain('watch from 11')
  expect(observer.edges.state).toBe('injected')
})

test('waiting has an end: the deadline, or the order to stop', async () => {
  steps = [list('5'), watch('5', [bookmark('6')], 'stays')]
  observer.start()
  expect(await observer.until(({ state }) => state === 'injected', 20)).toBe(false)
  expect(await observer.until(({ state }) => state === 'injected', 60_000, AbortSignal.abort())).toBe(false)
})
