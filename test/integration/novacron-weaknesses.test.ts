import { expect, test } from 'vitest'
import { novacron } from '../../systems/novacron/index.ts'
import { metric } from './client.ts'
import { makeClient, meantFor } from './novacron-client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let client: ReturnType<typeof makeClient>

const start = async (weaknesses: string[], options: Record<string, string>) => {
  parts = await startParts(novacron, { weaknesses, options })
  client = makeClient(parts)
}

test('no-lease, no-failover, no-rollback, cache-required, leaks-connections, leak', async () => {
  await start(['no-lease', 'no-failover', 'no-rollback', 'cache-required', 'leaks-connections', 'leak'], {
    hostTimeoutMs: '60000',
    leaseMs: '1',
  })
  try {
    const grown = await metric(parts, 'api', 'memory_used_ratio')
    const [orphan = '', stubborn = ''] = meantFor('a', 2)
    const [later = '', moved = ''] = meantFor('b', 2)

    parts.freeze('host-a', true)
    await client.create(orphan)
    await client.running(orphan)
    await Promise.all(['worker-1', 'worker-2'].map((name) => parts.end(name, 'SIGKILL')))
    parts.freeze('host-a', false)
    await Promise.all(['worker-1', 'worker-2'].map((name) => parts.start(name)))
    // What came after it is long done.
    await client.created(later)
    expect((await client.operation(orphan)).json.status).toBe('running')

    await client.created(moved)
    expect(await client.changed(moved, 'start')).toBe('done')
    await parts.end('host-a', 'SIGKILL')
    expect(await client.changed(moved, 'migrate')).toBe('rolled-back')
    await client.becomes(moved, { state: 'migrating' })

    await client.create(stubborn)
    await waitUntil('a worker has met the zone that is away', async () =>
      ['worker-1', 'worker-2'].some((name) => parts.log(name).includes(`"id":"${stubborn}"`)),
    )
    await parts.start('host-a')
    expect(await client.ended(stubborn)).toBe('done')
    expect((await client.vm(stubborn)).json.zone).toBe('a')

    await parts.end('cache', 'SIGKILL')
    expect((await client.vm(later)).status).toBe(503)

    await waitUntil('nine of ten connections are gone', async () => {
      return (await metric(parts, 'api', 'db_pool_used_ratio')) >= 0.9
    })
    await waitUntil('the api has 5 MB more', async () => {
      return (await metric(parts, 'api', 'memory_used_ratio')) > grown + 5 / 256
    })
  } finally {
    await parts.stop()
  }
})

test('no-idempotency, ack-before-store, no-db-timeout', async () => {
  // A host does its step long before it answers; here its callers do not wait for that, and ask again.
  await start(['no-idempotency', 'ack-before-store', 'no-db-timeout'], {
    hostDelayMs: '1000',
    hostTimeoutMs: '1500',
    retryMs: '1',
    breakerFailures: '1000',
  })
  try {
    await client.create('again')
    await waitUntil('a step was done twice', async () => {
      const [a, b] = [await client.stats('a'), await client.stats('b')]
      return a.duplicates + b.duplicates > 0
    })
    expect((await client.audit([]))?.duplicates).toBeGreaterThan(0)

    // While the database hangs nothing that was acknowledged can be stored: all of it is lost, but for one in hand.
    const ids = ['early-1', 'early-2', 'early-3']
    parts.freeze('postgres', true)
    try {
      for (const id of ids) expect((await client.create(id)).status).toBe(202)
      await expect(client.operation('again', 3000)).rejects.toThrow('timeout')
      await parts.end('api', 'SIGKILL')
    } finally {
      parts.freeze('postgres', false)
    }
    await parts.start('api')
    expect((await client.audit(ids))?.lost.length).toBeGreaterThan(1)
  } finally {
    await parts.stop()
  }
})
