import type { Hono } from 'hono'
import type { Cache } from '../../lib/cache/client.ts'
import type { EarlyAck } from '../../lib/early-ack.ts'
import { HttpError } from '../../lib/http-error.ts'
import { isText, parseObject, refuse } from '../../lib/json-body.ts'
import { type Asked, type Kind, kinds, pending, type VmStore } from './vm-store.ts'

export interface RouteOptions {
  store: VmStore
  cache: Cache
  /** Weakness `ack-before-store`. */
  earlyAck: EarlyAck<Asked> | null
}

const maxIds = 1000

const isId = (value: unknown): value is string => isText(value, 200) && /^[\w.:-]+$/.test(value)

/** Every change of a VM is an operation: answered with 202 at once, done later, asked about until it is. */
export const addRoutes = (app: Hono, { store, cache, earlyAck }: RouteOptions): void => {
  const ask = async (vm: string, kind: Kind, text: string) => {
    const { operation, cpus = 1 } = parseObject(text)
    if (!isId(operation)) return refuse('operation: an id of 1 to 200 letters, digits, . _ : -')
    if (typeof cpus !== 'number' || !(cpus >= 1 && cpus <= 64)) return refuse('cpus: 1 to 64')
    const asked = { operation, vm, kind, cpus }
    if (!earlyAck) return await store.ask(asked)
    earlyAck.add(operation, asked)
    return pending(asked)
  }

  app.post('/vms', async (c) => {
    const text = await c.req.text()
    const { id } = parseObject(text)
    if (!isId(id)) return refuse('id: 1 to 200 letters, digits, . _ : -')
    return c.json(await ask(id, 'create', text), 202)
  })

  app.post('/vms/:id/:kind', async (c) => {
    const { id, kind } = c.req.param()
    const known = kinds.find((each) => each === kind)
    if (!isId(id) || known === undefined || known === 'create') throw new HttpError(404, 'not_found', 'no such address')
    return c.json(await ask(id, known, await c.req.text()), 202)
  })

  app.get('/vms/:id', async (c) => {
    const id = c.req.param('id')
    const view = isId(id) ? await cache.read(id, () => store.vm(id)) : null
    if (view === null) throw new HttpError(404, 'not_found', 'no such VM')
    return c.body(view, 200, { 'content-type': 'application/json' })
  })

  app.get('/operations', async (c) => {
    const ids = (c.req.query('ids') ?? '').split(',').filter((id) => id !== '')
    if (ids.length < 1 || ids.length > maxIds) return refuse(`ids: 1 to ${maxIds} operation ids`)
    return c.json({ operations: await store.operations(ids.filter(isId)) })
  })

  app.get('/operations/:id', async (c) => {
    const id = c.req.param('id')
    const waiting = earlyAck?.find(id)
    return c.json(waiting ? pending(waiting) : await store.operation(id))
  })
}
