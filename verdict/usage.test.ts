import { expect, it } from 'vitest'
import type { SampleLine } from '../model/window.ts'
import { addUsage, newUsage, usageFigures, usageLines } from './usage.ts'

const figure = (series: string) => {
  const found = usageFigures.find((one) => one.series === series)
  if (!found) throw new Error(series)
  return found
}
const sample = (second: number, component: string, values: Record<string, number>): SampleLine => ({
  type: 'sample',
  atMs: second * 1000,
  component,
  values,
})
const used = (lines: SampleLine[], series: string, columns = 600) => {
  const usage = newUsage(10, columns)
  for (const line of lines) addUsage(usage, line, 0)
  return usageLines(usage, figure(series))
}

it('CPU is the increase per second; instances add up; the busiest component comes first', () => {
  const lines = [0, 1, 2].flatMap((s) => [
    sample(s, 'worker-1', { process_cpu_seconds: s * 0.25 }),
    sample(s, 'worker-2', { process_cpu_seconds: s * 0.5 }),
    sample(s, 'api', { process_cpu_seconds: s * 0.1 }),
    sample(s, 'k6', { process_cpu_seconds: s }),
  ])
  const [worker, api, none] = used(lines, 'process_cpu_seconds')
  expect(worker).toMatchObject({ component: 'worker', instances: 2 })
  expect(worker?.value.slice(0, 4)).toEqual([null, 0.75, 0.75, null])
  expect(api?.value[1]).toBeCloseTo(0.1)
  expect(none).toBeUndefined()
})

it('a counter that starts anew, or is seen after a gap, is not negative and not a burst', () => {
  const cpu = (second: number, seconds: number) => sample(second, 'api', { process_cpu_seconds: seconds })
  const [api] = used([cpu(0, 5), cpu(1, 5.5), cpu(2, 0.1), cpu(3, 0.3), cpu(9, 3)], 'process_cpu_seconds')
  expect(api?.value.map((value) => value && Number(value.toFixed(2)))).toEqual([
    null,
    0.5,
    null,
    0.2,
    ...Array(6).fill(null),
  ])
})

it('of a pool the fullest counts, and what is no number is no sample', () => {
  const [api] = used(
    [
      sample(0, 'api-1', { db_pool_used_ratio: 0.2 }),
      sample(0, 'api-2', { db_pool_used_ratio: 0.9 }),
      sample(1, 'api-1', { db_pool_used_ratio: Number.NaN }),
      sample(99, 'api-1', { db_pool_used_ratio: 1 }),
    ],
    'db_pool_used_ratio',
  )
  expect(api?.value).toEqual([90, ...Array(9).fill(null)])
})

it('columns of several seconds hold means', () => {
  const [api] = used(
    [1, 2, 3, 4].map((s) => sample(s, 'api', { queue_depth: s })),
    'queue_depth',
    2,
  )
  expect(api?.value).toEqual([2.5, null])
})
