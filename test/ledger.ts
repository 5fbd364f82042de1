import { existsSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../model/event.ts'
import type { Started } from './started.ts'

/** Whole lines of a ledger so far. */
export const eventsOf = (recordDir: string): RunEvent[] => {
  const file = join(recordDir, 'events.ndjson')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RunEvent)
}

/** Resolves when the ledger of a run has an event of which this is true; rejects when the run ends without `what`. */
export const eventOf = <T extends RunEvent>(
  recordDir: string,
  { exit, said }: Started,
  isIt: (event: RunEvent) => event is T,
  what = 'the event',
): Promise<T> =>
  new Promise((found, reject) => {
    const watcher = watch(recordDir, () => look())
    const look = () => {
      const seen = eventsOf(recordDir).find(isIt)
      if (seen === undefined) return
      watcher.close()
      found(seen)
    }
    void exit.then((code) => {
      look()
      watcher.close()
      reject(new Error(`the run ended (${code}) without ${what}; it said: ${said()}`))
    })
    look()
  })
