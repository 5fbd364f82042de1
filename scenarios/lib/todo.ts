import { sleep } from 'k6'
import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import { type Iteration, isEvery } from './define.ts'
import { type Answer, acknowledge, type RequestSpec, request, requestAsync } from './request.ts'

/** The Todo App's endpoints as requests with names, timeouts and expected answers. */

export const timeoutMs = 3_000
/** Documented: sign-ins per minute. */
const authLimit = 5
/** No time is documented: what has not come by then counts as missed. */
export const missedAfterMs = 20_000

const json = { 'content-type': 'application/json' }
const bearer = (token: string) => ({ ...json, authorization: `Bearer ${token}` })
const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
const sameId = (id: string) => (body: unknown) => (field(body, 'id') === id ? null : 'answer names another task')

/** From the completion of a task that repeats until the next one is there. */
const nextTask = new Trend('next_task', true)

const loginSpec = ({ baseUrl }: Iteration, user: string): RequestSpec => ({
  name: 'POST /auth/login',
  method: 'POST',
  url: `${baseUrl}/auth/login`,
  headers: json,
  body: JSON.stringify({ user, password: __ENV.TODO_PASSWORD }),
  timeoutMs,
  expect: [200],
  check: (body) => (typeof field(body, 'token') === 'string' ? null : 'no token'),
})
const tokenIn = ({ ok, body }: Answer): string | null => (ok ? String(field(body, 'token')) : null)

export const login = (iteration: Iteration, user: string): string | null => tokenIn(request(loginSpec(iteration, user)))

export const loginAsync = async (iteration: Iteration, user: string): Promise<string | null> =>
  tokenIn(await requestAsync(loginSpec(iteration, user)))

/** As many sign-ins as one account may have in a minute, and two more, which must get 429. */
export const loginTooOften = (iteration: Iteration): void => {
  const spec = loginSpec(iteration, iteration.writeId)
  for (let i = 0; i < authLimit; i++) if (!request(spec).ok) return
  const { check, ...tooMany } = { ...spec, name: 'POST /auth/login too often', expect: [429] }
  for (let i = 0; i < 2; i++) request(tooMany)
}

export const createSpec = ({ baseUrl }: Iteration, token: string, id: string, repeats: boolean): RequestSpec => ({
  name: 'POST /tasks',
  method: 'POST',
  url: `${baseUrl}/tasks`,
  headers: bearer(token),
  body: JSON.stringify({ id, title: `Water the plants of ${id}`, repeats }),
  timeoutMs,
  expect: [201],
  check: sameId(id),
})

export const taskSpec = (
  method: 'GET' | 'PUT' | 'DELETE',
  { baseUrl }: Iteration,
  token: string,
  id: string,
  body?: unknown,
): RequestSpec => ({
  name: `${method} /tasks/:id`,
  method,
  url: `${baseUrl}/tasks/${id}`,
  headers: bearer(token),
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  timeoutMs,
  expect: [200],
  check: sameId(id),
})

const ofTask = (...args: Parameters<typeof taskSpec>): boolean => request(taskSpec(...args)).ok

const list = ({ baseUrl }: Iteration, token: string): void => {
  request({
    name: 'GET /tasks',
    method: 'GET',
    url: `${baseUrl}/tasks`,
    headers: bearer(token),
    timeoutMs,
    expect: [200],
    check: (body) => (Array.isArray(field(body, 'tasks')) ? null : 'no list'),
  })
}

/** Waits for the next one of a completed task, also when the load is over. */
const followNext = ({ baseUrl }: Iteration, token: string, id: string): void => {
  const sinceMs = Date.now()
  while (true) {
    const { status } = request({
      name: 'GET /tasks/:id next',
      method: 'GET',
      url: `${baseUrl}/tasks/${id}-next`,
      headers: bearer(token),
      timeoutMs,
      expect: [200, 404],
    })
    const elapsedMs = Date.now() - sinceMs
    const isMissed = status !== 200 && elapsedMs >= missedAfterMs
    if (status === 200 || isMissed) {
      const error = isMissed ? { error: 'never made' } : {}
      nextTask.add(elapsedMs, { name: 'next task', ok: String(!isMissed), ...error })
      return
    }
    sleep(0.5)
  }
}

/** Requests per iteration of `taskMix`. */
export const taskMixRequests = {
  'POST /tasks': 0.95,
  'GET /tasks/:id': 0.95,
  'GET /tasks': 0.95,
  'PUT /tasks/:id': 0.76,
  'DELETE /tasks/:id': 0.19,
  'POST /auth/login': 0.25,
  'POST /auth/login too often': 0.1,
  'GET /tasks/:id next': 0.4,
}
export const taskMixSamples = { next_task: { 'next task': 0.19 } }

/** The account of this virtual user, which signs in once. */
let own: { user: string; token: string } | null = null

const ownToken = (iteration: Iteration): string | null => {
  if (own) return own.token
  const user = `${iteration.writeId}-vu${exec.vu.idInTest}`
  const token = login(iteration, user)
  if (token !== null) own = { user, token }
  return token
}

/** A task through its life. What kind of iteration it is depends on its number alone. */
export const taskMix = (iteration: Iteration): void => {
  const { n, writeId } = iteration
  if (isEvery(n, 20, 10)) {
    loginTooOften(iteration)
    return
  }
  const token = ownToken(iteration)
  if (token === null) return
  const repeats = isEvery(n, 5, 1)
  if (!request(createSpec(iteration, token, writeId, repeats)).ok) return
  // A task that will be deleted is not one that must be there in the end.
  const short = isEvery(n, 5, 4)
  if (!short) acknowledge(n)
  ofTask('GET', iteration, token, writeId)
  list(iteration, token)
  if (short) {
    ofTask('DELETE', iteration, token, writeId)
    return
  }
  const completed = ofTask('PUT', iteration, token, writeId, repeats ? { done: true } : { title: 'Feed the cat' })
  if (completed && repeats) followNext(iteration, token, writeId)
}
