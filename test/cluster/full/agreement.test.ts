import { expect, test } from 'vitest'
import { disagreement, type Recovery } from './agreement.ts'

const limits = { withinMs: 2_500, stableForMs: 5_000 }
const view = { fromMs: 0, toMs: 30_000 }
const at = (fromMs: number, toMs = fromMs + 500) => ({ fromMs, toMs })

test.each<[string, Recovery, string | null]>([
  ['at the same time', { load: at(10_000), pods: at(9_800), view }, null],
  ['as far apart as they may be', { load: at(13_000), pods: at(10_000), view }, null],
  ['the load much later', { load: at(13_100), pods: at(10_000), view }, 'they recovered 2600 ms apart'],
  ['the load much earlier', { load: at(10_000), pods: at(13_100), view }, 'they recovered 2600 ms apart'],
  ['neither', { load: null, pods: null, view }, null],
  ['only the load', { load: at(10_000), pods: null, view }, 'the load recovered without the pods'],
  ['only the pods', { load: null, pods: at(10_000), view }, 'the pods recovered without the load'],
  ['the pods, when nothing could be seen any more', { load: null, pods: at(25_000), view }, null],
])('recoveries: %s', (_name, recovery, expected) => {
  expect(disagreement(recovery, limits)).toBe(expected)
})
