import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { pause } from '../../lib/pause.ts'
import { listen, makeService } from '../../lib/service.ts'
import { NovaCronSettings } from '../settings.ts'
import { carryOut } from './carry-out.ts'
import { Hosts } from './hosts.ts'
import { type Claimed, OperationQueue } from './operation-queue.ts'

const settings = new NovaCronSettings(process.env)
const log = makeLog(settings.name)
/** How long an idle worker waits before it looks again. */
const idleMs = 100

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const cache = settings.openCache(log)
  const hosts = new Hosts(settings, log)
  const queue = new OperationQueue(database, settings.has('no-lease') ? null : settings.option('leaseMs'))
  const stopping = new AbortController()
  const { signal } = stopping
  const inHand = new Set<Promise<void>>()

  const register = makeRegistry()
  poolMetrics(register, database)
  settings.memoryMetric(register)

  const work = async (operation: Claimed): Promise<void> => {
    const { id, vm, kind, attempts } = operation
    try {
      await queue.end(operation, await carryOut(operation, { hosts, queue, settings }))
      await cache.forget(vm)
    } catch (error) {
      log.warn('operation not finished', { id, kind, attempts, ...errorFields(error) })
      // When this fails too, its lease ends.
      await queue.giveBack(operation, settings.option('retryMs')).catch(() => undefined)
    }
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const room = settings.option('workerConcurrency') - inHand.size
      const claimed = room === 0 ? [] : await queue.claim(room).catch(() => [])
      for (const operation of claimed) {
        const working: Promise<void> = work(operation).finally(() => inHand.delete(working))
        inHand.add(working)
      }
      if (claimed.length === 0) await pause(idleMs, signal)
    }
    await Promise.all(inHand)
  }

  const { app } = makeService({ log, register, checks: { database: () => database.query('select 1') } })
  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  const running = run()
  return [async () => stopping.abort(), () => running, stopListening, () => database.close()]
})
