import { expect, it } from 'vitest'
import { objectiveOf } from './objectives.ts'
import { fromPrometheus } from './prometheus.ts'

it('averages the answers of a query that is a rate already, and leaves the selection to the query', () => {
  const cpu = objectiveOf({
    name: 'cpu',
    title: 'CPU',
    measure: 'rate',
    series: 'process_cpu_seconds',
    component: 'api',
    query: 'max(rate(container_cpu_usage_seconds_total[1m]))',
    op: 'lt',
    value: 0.7,
    unit: 'count',
  })
  expect(cpu).toMatchObject({ aggregate: 'rate', component: 'api' })
  const [asked] = fromPrometheus([cpu])
  expect(asked).toMatchObject({ aggregate: 'mean', series: 'prometheus:cpu' })
  expect(asked).not.toHaveProperty('component')
})
