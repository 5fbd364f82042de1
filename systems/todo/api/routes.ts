import { randomUUID } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { EarlyAck } from '../../lib/early-ack.ts'
import { HttpError } from '../../lib/http-error.ts'
import { isText, parseObject, refuse } from '../../lib/json-body.ts'
import type { RateLimiter } from '../../lib/rate-limiter.ts'
import type { Task } from '../task.ts'
import { makeToken, userOf } from '../token.ts'
import type { TaskStore } from './task-store.ts'

export interface RouteOptions {
  store: TaskStore
  password: string
  tokenSecret: string
  /** Null: weakness `no-auth-limit`. */
  authLimiter: RateLimiter | null
  /** Weakness `ack-before-store`. */
  earlyAck: EarlyAck<Task> | null
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w.:-]{1,200}$/.test(value)
const isTitle = (value: unknown): value is string => isText(value, 500) && value !== ''

const found = <T>(task: T | null): T => {
  if (task === null) throw new HttpError(404, 'not_found', 'no such task')
  return task
}

const bodyOf = async (c: Context): Promise<Record<string, unknown>> => parseObject(await c.req.text())

/** What clients call: signing in, and the tasks of whoever has signed in. */
export const addRoutes = (app: Hono, options: RouteOptions): void => {
  const { store, password, tokenSecret, authLimiter, earlyAck } = options

  const userFrom = (c: Context): string => {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '')
    const user = userOf(tokenSecret, token)
    if (user === null) throw new HttpError(401, 'not_signed_in', 'sign in first')
    return user
  }

  // "5 requests/min" does not say whose. An account's, here: every load comes from one address.
  app.post('/auth/login', async (c) => {
    const { user, password: given } = await bodyOf(c)
    if (!isId(user)) return refuse('user: 1 to 200 letters, digits, . _ : -')
    const retryAfterMs = authLimiter?.take(user).retryAfterMs ?? null
    if (retryAfterMs !== null) {
      const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
      throw new HttpError(429, 'rate_limited', 'too many attempts for this account', headers)
    }
    if (given !== password) throw new HttpError(401, 'wrong_password', 'the password is wrong')
    return c.json({ token: makeToken(tokenSecret, user) })
  })

  app.post('/tasks', async (c) => {
    const owner = userFrom(c)
    const { id = randomUUID(), title, repeats = false } = await bodyOf(c)
    if (!isId(id)) return refuse('id: 1 to 200 letters, digits, . _ : -')
    if (!isTitle(title)) return refuse('title: 1 to 500 characters')
    if (typeof repeats !== 'boolean') return refuse('repeats: true or false')
    const task = { id, owner, title, repeats, done: false }
    if (!earlyAck) return c.json(await store.add(task), 201)
    earlyAck.add(id, task)
    return c.json(task, 201)
  })

  app.get('/tasks', async (c) => {
    const owner = userFrom(c)
    const ids = c.req.query('ids')
    if (ids === undefined) return c.json({ tasks: await store.list(owner) })
    return c.json({ existing: await store.existing(ids.split(',').slice(0, 1000).filter(isId)) })
  })

  app.get('/tasks/:id', async (c) => {
    const owner = userFrom(c)
    const id = c.req.param('id')
    return c.json(earlyAck?.find(id) ?? found(isId(id) ? await store.find(owner, id) : null))
  })

  app.put('/tasks/:id', async (c) => {
    const owner = userFrom(c)
    const { title, done } = await bodyOf(c)
    if (title !== undefined && !isTitle(title)) return refuse('title: 1 to 500 characters')
    if (done !== undefined && typeof done !== 'boolean') return refuse('done: true or false')
    const change = { ...(title === undefined ? {} : { title }), ...(done === undefined ? {} : { done }) }
    const id = c.req.param('id')
    const waiting = earlyAck?.find(id)
    if (waiting?.owner === owner && done !== true) {
      const task = { ...waiting, ...change }
      earlyAck?.add(id, task)
      return c.json(task)
    }
    await earlyAck?.flush([id])
    return c.json(found(await store.update(owner, id, change)))
  })

  app.delete('/tasks/:id', async (c) => {
    const owner = userFrom(c)
    const id = c.req.param('id')
    await earlyAck?.flush([id])
    return c.json(found(await store.remove(owner, id)))
  })
}
