import { expect, test } from 'vitest'
import { parsePrometheusText } from '../../run/prometheus-text.ts'
import { withoutRuntime } from '../../run/sampler.ts'
import { systems } from '../../systems/index.ts'
import { usageFigures } from '../../verdict/usage.ts'
import { localContext } from '../fixtures/local-context.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

/** Those whose parts tell anything. */
const telling = Object.values(systems).filter(({ local }) =>
  local?.(localContext()).processes.some(({ metricsUrl }) => metricsUrl !== undefined),
)

/** What the parts tell now, by series. */
const figuresOf = async ({ layout }: Parts): Promise<Map<string, number[]>> => {
  const seen = new Map<string, number[]>()
  for (const { metricsUrl } of layout.processes) {
    if (metricsUrl === undefined) continue
    const values = parsePrometheusText(await (await fetch(metricsUrl)).text())
    for (const { series } of usageFigures) {
      const value = values[series]
      if (value !== undefined) seen.set(series, [...(seen.get(series) ?? []), value])
    }
  }
  return seen
}

test.each(telling)('$name tells of its connection pools, and of what waits', async (system) => {
  const parts = await startParts(system)
  try {
    await waitUntil('all have a value', async () => {
      const seen = await figuresOf(parts)
      return seen.has('db_pool_used_ratio') && (seen.has('queue_depth') || seen.has('consumer_lag'))
    })
    // Objectives can only name what the system declares: every series that there is has to be declared.
    for (const { component, metricsUrl } of parts.layout.processes) {
      if (metricsUrl === undefined) continue
      const seen = Object.keys(withoutRuntime(parsePrometheusText(await (await fetch(metricsUrl)).text())))
      expect(system.components[component]?.series, component).toEqual(expect.arrayContaining(seen))
    }
    // Nothing was asked of it: but for what it does by itself for a moment, nothing is in use, and nothing waits.
    await expect
      .poll(async () => [...(await figuresOf(parts))].filter(([, values]) => values.some((value) => value !== 0)))
      .toEqual([])
  } finally {
    await parts.stop()
  }
})
