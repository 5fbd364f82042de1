import { startLeak } from '../../lib/leak.ts'
import type { Database } from '../../lib/postgres.ts'
import type { NovaCronSettings } from '../settings.ts'

/** The weaknesses that use up what the api has. */
export const startDefects = (settings: NovaCronSettings, database: Database): void => {
  if (settings.has('leak')) startLeak()
  if (settings.has('busy-loop')) {
    setInterval(() => {
      const endMs = performance.now() + 17
      while (performance.now() < endMs);
    }, 20)
  }
  if (settings.has('leaks-connections')) {
    // One is left, so that the api still answers: slowly, at first only its pool shows it.
    setInterval(() => {
      if (database.pool.totalCount - database.pool.idleCount < settings.option('dbPoolSize') - 1) {
        void database.pool.connect().catch(() => undefined)
      }
    }, 1000)
  }
}
