import { setTimeout as delay } from 'node:timers/promises'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/**
 * The stress process: `stress-main.ts cpu <workers> <loadRatio> <deadlineMs>` keeps as many threads
 * busy for that share of the time; `stress-main.ts memory <bytes> <deadlineMs>` holds and touches
 * that much memory. It ends by itself at the deadline, also when nobody is left to end it.
 */
const sliceMs = 50

const burn = async (loadRatio: number, untilMs: number): Promise<void> => {
  while (Date.now() < untilMs) {
    const busyUntil = performance.now() + sliceMs * loadRatio
    while (performance.now() < busyUntil) Math.sqrt(performance.now())
    await delay(sliceMs * (1 - loadRatio))
  }
}

const holdMemory = async (bytes: number, untilMs: number): Promise<void> => {
  const chunkBytes = 16 * 1024 * 1024
  const chunks: Buffer[] = []
  for (let left = bytes; left > 0 && Date.now() < untilMs; left -= chunkBytes)
    chunks.push(Buffer.alloc(Math.min(left, chunkBytes), 1))
  while (Date.now() < untilMs) {
    // One write a page keeps the memory in the working set, so that it is not swapped out unnoticed.
    for (const chunk of chunks)
      for (let offset = 0; offset < chunk.length; offset += 4096) chunk[offset] = Date.now() & 0xff
    await delay(500)
  }
}

if (isMainThread) {
  const [resource, ...numbers] = process.argv.slice(2)
  const [first = 0, second = 0, third = 0] = numbers.map(Number)
  if (resource === 'cpu') {
    const untilMs = Date.now() + third
    for (let index = 0; index < first; index++)
      new Worker(new URL(import.meta.url), { workerData: { loadRatio: second, untilMs } })
  } else {
    await holdMemory(first, Date.now() + second)
  }
} else {
  const { loadRatio, untilMs } = workerData as { loadRatio: number; untilMs: number }
  await burn(loadRatio, untilMs)
}
