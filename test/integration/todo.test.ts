import { afterAll, beforeAll, expect, test } from 'vitest'
import { todo } from '../../systems/todo/index.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'
import { type Message, todoClient } from './todo-client.ts'

let parts: Parts
let app: ReturnType<typeof todoClient>

beforeAll(async () => {
  // A test that is itself kept waiting for 2 s would be taken for a client that is gone.
  parts = await startParts(todo, { options: { ackWaitMs: '1000', pingEveryMs: '60000' } })
  app = todoClient(parts)
})
afterAll(() => parts?.stop())

const created = (messages: Message[]) =>
  messages.filter(({ type }) => type === 'task.created').map(({ task }) => task?.id)
const last = (messages: Message[]): number => messages.at(-1)?.sequence ?? Number.NaN

test('refuses wrong requests and says nothing of the inside', async () => {
  const token = await app.tokenOf('wrong')
  const answers = {
    'not signed in': [401, await app.call('GET', '/tasks', '')],
    'forged token': [401, await app.call('GET', '/tasks', 'wrong.00')],
    'wrong password': [401, await app.login('somebody', 'guess')],
    'no user': [400, await app.login('a b')],
    'no title': [400, await app.call('POST', '/tasks', token, { id: 'x' })],
    'character 0': [400, await app.call('POST', '/tasks', token, { id: 'x', title: 'a\0b' })],
    'wrong id': [400, await app.call('POST', '/tasks', token, { id: 'a b', title: 'x' })],
    'no such task': [404, await app.call('GET', '/tasks/none', token)],
    'change of none': [404, await app.call('PUT', '/tasks/none', token, { done: true })],
    'no such address': [404, await app.call('GET', '/nothing', token)],
  } as const
  for (const [what, [status, answer]] of Object.entries(answers)) {
    expect(answer.status, what).toBe(status)
    expect(Object.keys(answer.json), what).toEqual(['error', 'code'])
  }
})

test('a task through its life; nobody else sees it', async () => {
  const token = await app.tokenOf('owner')
  const task = { id: 'life', owner: 'owner', title: 'life', done: false, repeats: false }
  expect(await app.create(token, 'life')).toEqual({ status: 201, json: task })
  expect((await app.create(token, 'life')).status).toBe(201)
  const other = await app.tokenOf('other')
  expect((await app.create(other, 'life')).status).toBe(409)
  for (const method of ['GET', 'DELETE']) expect((await app.call(method, '/tasks/life', other)).status).toBe(404)
  expect((await app.call('PUT', '/tasks/life', token, { title: 'new' })).json).toEqual({ ...task, title: 'new' })
  expect((await app.call('GET', '/tasks', token)).json.tasks).toEqual([{ ...task, title: 'new' }])
  expect((await app.call('DELETE', '/tasks/life', token)).status).toBe(200)
  expect((await app.call('GET', '/tasks/life', token)).status).toBe(404)
})

test('signs an account in 5 times a minute (documented), and another one all the same', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) statuses.push((await app.login('often', i < 3 ? 'guess' : undefined)).status)
  expect(statuses).toEqual([401, 401, 401, 200, 200, 429, 429])
  expect((await app.login('seldom')).status).toBe(200)
})

test('a client hears of its own tasks alone, of each change in order', async () => {
  const [token, other] = [await app.tokenOf('hears'), await app.tokenOf('stranger')]
  const { socket, messages } = await app.connect(token)
  await app.create(other, 'of-a-stranger')
  await app.create(token, 'heard')
  await app.call('PUT', '/tasks/heard', token, { title: 'again' })
  await app.call('PUT', '/tasks/heard', token, { done: true })
  await app.call('DELETE', '/tasks/heard', token)
  await waitUntil('the last one is there', async () => messages.at(-1)?.type === 'task.deleted')
  expect(messages.map(({ type }) => type)).toEqual([
    'hello',
    'task.created',
    'task.updated',
    'task.completed',
    'task.deleted',
  ])
  expect(new Set(messages.slice(1).map(({ task }) => task?.id))).toEqual(new Set(['heard']))
  socket.terminate()
})

test('a forged token gets no events', async () => {
  await expect(app.connect('wrong.00')).rejects.toThrow('401')
})

test('a client that comes back after the WebSocket service was killed gets what it missed, and only that', async () => {
  const token = await app.tokenOf('resumes')
  const before = await app.connect(token)
  await app.create(token, 'before')
  await waitUntil('it arrived', async () => created(before.messages).includes('before'))
  await parts.end('websocket', 'SIGKILL')
  await app.create(token, 'meanwhile')
  await parts.start('websocket')
  const after = await app.connect(token, last(before.messages))
  await app.create(token, 'afterwards')
  await waitUntil('the last one is there', async () => created(after.messages).includes('afterwards'))
  expect(created(after.messages)).toEqual(['meanwhile', 'afterwards'])
  after.socket.terminate()
})

test('what happens while the broker is dead is told afterwards, to clients and consumers', async () => {
  const token = await app.tokenOf('patient')
  await app.create(token, 'repeats', true)
  const { socket, messages } = await app.connect(token)
  await parts.end('nats', 'SIGKILL')
  expect((await app.create(token, 'in the dark'.replaceAll(' ', '-'))).status).toBe(201)
  expect((await app.call('PUT', '/tasks/repeats', token, { done: true })).status).toBe(200)
  await parts.start('nats')
  await waitUntil('the client heard of it', async () => created(messages).includes('in-the-dark'))
  await waitUntil(
    'the next task is there',
    async () => (await app.call('GET', '/tasks/repeats-next', token)).status === 200,
  )
  socket.terminate()
})

test('the audit finds exactly what is not there', async () => {
  const token = await app.tokenOf('audited')
  await app.create(token, 'there')
  const audit = todo.audit?.({
    baseUrl: parts.url('api'),
    scenarioEnv: parts.layout.scenarioEnv,
    acknowledged: (async function* () {
      yield ['there', 'not-there']
    })(),
    signal: AbortSignal.timeout(10_000),
  })
  expect(await audit).toEqual({ lost: ['not-there'], checked: 2, duplicates: null })
})

test('every part ends by itself when it is asked to', async () => {
  for (const name of ['recurring', 'notifier', 'websocket', 'api'])
    expect(await parts.end(name, 'SIGTERM'), name).toBe(0)
})
