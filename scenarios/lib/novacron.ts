import { sleep } from 'k6'
import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import type { Iteration } from './define.ts'
import { isEvery } from './define.ts'
import { type Answer, acknowledge, cutShort, type RequestSpec, request } from './request.ts'

/** NovaCron's endpoints, and operations followed to their end. */

export const timeoutMs = 4_000
const pollMs = 200

type Kind = 'create' | 'start' | 'stop' | 'migrate'
type Ended = 'done' | 'rolled-back' | null

/**
 * No time for an operation is documented. A new VM has another zone to go to, so it must not wait for one
 * that is away; an operation on a VM has to wait until its own zone is back.
 */
const limitMs: Record<Kind, number> = { create: 8_000, start: 25_000, stop: 25_000, migrate: 25_000 }

const operationTime = new Trend('operation_time', true)
const json = { 'content-type': 'application/json' }

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined

/** One request to the API. */
const call = (
  { baseUrl }: Iteration,
  spec: Pick<RequestSpec, 'name' | 'expect' | 'check'> & { path: string; body?: object },
): Answer => {
  const { name, path, body, ...rest } = spec
  return request({
    name,
    method: body ? 'POST' : 'GET',
    url: `${baseUrl}${path}`,
    ...(body ? { headers: json, body: JSON.stringify(body) } : {}),
    timeoutMs,
    ...rest,
  })
}

/** Asks for an operation; true when it was accepted. */
const ask = (iteration: Iteration, kind: Kind, vm: string, operation: string, name?: string): boolean =>
  call(iteration, {
    name: name ?? (kind === 'create' ? 'POST /vms' : `POST /vms/:id/${kind}`),
    path: kind === 'create' ? '/vms' : `/vms/${vm}/${kind}`,
    body: kind === 'create' ? { id: vm, operation, cpus: 2 } : { operation },
    expect: [202],
    check: (body) => (field(body, 'id') === operation ? null : 'answer names another operation'),
  }).ok

/**
 * Asks until the operation has ended, also when the load has, and adds the time since it was accepted to
 * `operation_time`. Null when it failed or took too long, which is a bad sample.
 */
const follow = (iteration: Iteration, kind: Kind, operation: string): Ended => {
  const sinceMs = Date.now()
  while (true) {
    const { ok, body } = call(iteration, {
      name: 'GET /operations/:id',
      path: `/operations/${operation}`,
      expect: [200],
      check: (answer) => (field(answer, 'id') === operation ? null : 'answer names another operation'),
    })
    const status = ok ? field(body, 'status') : null
    const elapsedMs = Date.now() - sinceMs
    if ((status === 'done' || status === 'rolled-back') && elapsedMs < limitMs[kind]) {
      operationTime.add(elapsedMs, { name: kind, ok: 'true' })
      return status
    }
    if (status === 'failed' || elapsedMs >= limitMs[kind]) {
      operationTime.add(elapsedMs, { name: kind, ok: 'false', error: status === 'failed' ? 'failed' : 'not in time' })
      return null
    }
    sleep(pollMs / 1000)
  }
}

/** A new VM under the iteration's write id, followed until it is there. */
export const createVm = (iteration: Iteration): boolean => {
  const { n, writeId } = iteration
  if (!ask(iteration, 'create', writeId, writeId)) return false
  acknowledge(n)
  if (isEvery(n, 5, 1)) ask(iteration, 'create', writeId, writeId, 'POST /vms repeated')
  const ended = follow(iteration, 'create', writeId)
  if (ended === 'rolled-back') cutShort()
  return ended === 'done'
}

export const change = (iteration: Iteration, kind: 'start' | 'stop' | 'migrate'): Ended => {
  const operation = `${iteration.writeId}:${kind}`
  return ask(iteration, kind, iteration.writeId, operation) ? follow(iteration, kind, operation) : null
}

/** The VM must be in this state. */
export const readVm = (iteration: Iteration, state: 'stopped' | 'running', name = 'GET /vms/:id'): boolean =>
  call(iteration, {
    name,
    path: `/vms/${iteration.writeId}`,
    expect: [200],
    check: (body) => (field(body, 'state') === state ? null : `the VM is ${String(field(body, 'state'))}`),
  }).ok

/** Moved or rolled back, the VM must run. */
export const migrateVm = (iteration: Iteration): boolean => {
  if (change(iteration, 'migrate') === null) return false
  return readVm(iteration, 'running', 'GET /vms/:id after migration')
}

/** What must be refused, and with which status. */
export const refusals = (iteration: Iteration): void => {
  const { writeId } = iteration
  const refused = (name: string, path: string, body: object, expect: number) =>
    call(iteration, { name, path, body, expect: [expect] })
  refused('POST /vms without operation', '/vms', { id: `${writeId}-refused` }, 400)
  refused('POST /vms/:id/start no such VM', '/vms/none/start', { operation: `${writeId}-none` }, 404)
  refused('POST /vms/:id/stop other operation', `/vms/${writeId}/stop`, { operation: writeId }, 409)
}

/** A user looks for a while before the next click; false when the load is over. */
export const think = (seconds: number): boolean => {
  sleep(seconds)
  return exec.scenario.progress < 1
}

/** A create that was accepted and then followed. */
export const createRequests = { 'POST /vms': 1, 'POST /vms repeated': 0.2, 'GET /operations/:id': 1 }
export const longestCreateMs = limitMs.create + 3 * timeoutMs
