import { expect, test } from 'vitest'
import { parsePrometheusText } from './prometheus-text.ts'

test.each([
  ['', {}],
  ['<html>not metrics</html>', {}],
  ['# HELP a\n# TYPE a counter\n', {}],
  ['queue_depth NaN\nother +Inf\nthird -Inf', {}],
  ['queue_depth', {}],
  ['queue_depth twelve', {}],
])('%j holds no figures', (text, values) => {
  expect(parsePrometheusText(text)).toEqual(values)
})

test('families are summed over their labels, whatever the labels hold', () => {
  const text = [
    'jobs{queue="a b",text="x} 5 \\" y"} 2',
    'jobs{queue="c"} 3.5 1700000000000',
    'bytes 1.5e+9\r',
    'below_zero -4',
  ].join('\n')
  expect(parsePrometheusText(text)).toEqual({ jobs: 5.5, bytes: 1.5e9, below_zero: -4 })
})

test('a NaN child leaves the rest of its family', () => {
  expect(parsePrometheusText('a{x="1"} NaN\na{x="2"} 3')).toEqual({ a: 3 })
})

test('histograms and summaries keep sum and count only', () => {
  const text = [
    'took_seconds_bucket{le="0.1"} 4',
    'took_seconds_bucket{le="+Inf"} 6',
    'took_seconds_sum 1.25',
    'took_seconds_count 6',
    'gc_seconds{quantile="0.5"} 0.2',
    'gc_seconds_sum 3',
  ].join('\n')
  expect(parsePrometheusText(text)).toEqual({ took_seconds_sum: 1.25, took_seconds_count: 6, gc_seconds_sum: 3 })
})
