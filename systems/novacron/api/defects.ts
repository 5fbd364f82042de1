import { startLeak } from '../../lib/leak.ts'
import type { Database } from '../../lib/postgres.ts'
import type { NovaCronSettings } from '../settings.ts'

/** The weaknesses that use up what the api has. */
export const startDefects = (settings: NovaCronSettings, database: Database): void => {
  if (settings.has('leak')) startLeak()
  if (settings.has('busy-loop')) {
    setInterval(() => {
      // By CPU time: by the clock it would do less where the machine is busy.
      const from = process.cpuUsage()
      let usedUs = 0
      while (usedUs < 17_000) {
        for (let i = 0; i < 100_000; i++);
        const { user, system } = process.cpuUsage(from)
        usedUs = user + system
      }
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
