import { expect, test } from 'vitest'
import { parsePrometheusText } from '../../run/prometheus-text.ts'
import { systems } from '../../systems/index.ts'
import { usageFigures } from '../../verdict/usage.ts'
import { localContext } from '../fixtures/local-context.ts'
import { startParts, waitUntil } from './parts.ts'

/** CPU and memory come from the processes themselves. */
const own = ['process_cpu_seconds', 'process_resident_bytes']

/** Those whose parts tell anything. */
const telling = Object.values(systems).filter(({ local }) =>
  local?.(localContext()).processes.some(({ metricsUrl }) => metricsUrl !== undefined),
)

test.each(telling)('$name tells of its connection pools, and of what waits', async (system) => {
  const parts = await startParts(system)
  try {
    const seen = new Map<string, number[]>()
    await waitUntil('all have a value', async () => {
      seen.clear()
      for (const { metricsUrl } of parts.layout.processes) {
        if (metricsUrl === undefined) continue
        const values = parsePrometheusText(await (await fetch(metricsUrl)).text())
        for (const { series } of usageFigures) {
          const value = values[series]
          if (value !== undefined) seen.set(series, [...(seen.get(series) ?? []), value])
        }
      }
      return seen.has('db_pool_used_ratio') && (seen.has('queue_depth') || seen.has('consumer_lag'))
    })
    for (const name of own) expect(seen.has(name), name).toBe(false)
    // Nothing was asked of it yet: nothing is in use, and nothing waits.
    for (const ratio of seen.get('db_pool_used_ratio') ?? []) expect(ratio).toBeLessThanOrEqual(1)
    for (const depth of [...(seen.get('queue_depth') ?? []), ...(seen.get('consumer_lag') ?? [])]) expect(depth).toBe(0)
  } finally {
    await parts.stop()
  }
})
