import { describe, expect, it } from 'vitest'
import { objectiveOf } from './objectives.ts'
import { fromPrometheus, plannedPrometheus } from './prometheus.ts'

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

describe('the address of a server', () => {
  it.each([
    ['http://127.0.0.1:9090', 'http://127.0.0.1:9090'],
    ['http://127.0.0.1:9090/', 'http://127.0.0.1:9090'],
    ['https://metrics.example.com/prom/', 'https://metrics.example.com/prom'],
    ['http://127.0.0.1:9090/plain?dedup=true', 'http://127.0.0.1:9090/plain?dedup=true'],
    ['http://127.0.0.1:9090?dedup=true', 'http://127.0.0.1:9090/?dedup=true'],
    ['http://127.0.0.1:9090/prom/api/v1/query_range', 'http://127.0.0.1:9090/prom'],
    ['http://127.0.0.1:9090/api/v1', 'http://127.0.0.1:9090'],
    ['http://127.0.0.1:9090/graph', 'http://127.0.0.1:9090'],
  ])('%s is asked at %s', (address, url) => {
    expect(plannedPrometheus(address, 60_000)).toEqual({ url, stepMs: 5_000 })
  })

  it.each([
    ['127.0.0.1:9090', 'is not an http or https address'],
    ['ftp://me:s3cret@host', '--prometheus is not an http or https address'],
    ['http://me:s3cret@host:9090', 'a user name or a password'],
    ['http://host:9090/?api_key=s3cret', 'the parameter "api_key" looks like a secret'],
    ['http://host:9090/?query=up', '"query" does not belong'],
    ['http://host:9090/#s3cret-free', 'does not belong'],
  ])('%s is refused', (address, words) => {
    expect(() => plannedPrometheus(address, 60_000)).toThrow(words)
    try {
      plannedPrometheus(address, 60_000)
    } catch (error) {
      expect(`${error}${(error as { hint?: string }).hint}`).not.toMatch(/s3cret(?!-free)/)
    }
  })
})
