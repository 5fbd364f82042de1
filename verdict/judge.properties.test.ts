import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import { bucketRange } from '../model/histogram.ts'
import type { RecordLine, ThresholdCount, WindowLine } from '../model/window.ts'
import { errorObjective, latencyObjective, makeRecord, resilienceObjective } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'
import { seededRandom } from './random.ts'

const record = makeRecord({
  warmUpS: 2,
  steadyS: 10,
  faultsS: 6,
  recoveryS: 10,
  stableForS: 3,
  streams: [{ perSecond: 30, errorRatio: 0.01 }],
  objectives: [latencyObjective(), errorObjective(), resilienceObjective('recoveryTime', 5000)],
  faults: [{ atS: 12, holdS: 4 }],
  troubles: [{ kind: 'hang', fromS: 12.4, toS: 17, ms: 3000 }],
})
const lines = [...record.lines()]
const verdictOf = async (of: Iterable<RecordLine>, events: RunEvent[] = record.events) =>
  (await judge({ plan: record.plan, events, lines: of })).verdict

/** One increment as two whose sum it is. */
const split = (line: RecordLine, random: () => number): RecordLine[] => {
  if (line.type === 'load') {
    const started = Math.floor(random() * (line.started + 1))
    return [
      { ...line, started },
      { ...line, started: line.started - started, completed: 0, dropped: 0, durationUs: 0, longestUs: 0 },
    ]
  }
  if (line.type !== 'window' || line.n < 2 || !line.hist) return [line]
  // Splits the histogram; the threshold counts can only be split with it where one side has them all.
  const over = line.over ?? []
  if (over.some((count) => count[1] !== 0 && count[1] !== line.n)) return [line]
  const halves: [number[], number[]] = [[], []]
  for (let i = 0; i < line.hist.length; i += 2) {
    const count = line.hist[i + 1] ?? 0
    const first = Math.floor(random() * (count + 1))
    if (first > 0) halves[0].push(line.hist[i] ?? 0, first)
    if (count > first) halves[1].push(line.hist[i] ?? 0, count - first)
  }
  const n = halves.map((half) => half.reduce((sum, value, i) => sum + (i % 2 === 1 ? value : 0), 0))
  return halves.flatMap((hist, i): WindowLine[] => {
    const share = n[i] ?? 0
    if (share === 0) return []
    const counts = over.map((count): ThresholdCount => {
      const all = count[1] > 0
      return all
        ? [count[0], share, line.firstUs, line.lastUs, -1, -1]
        : [count[0], 0, -1, -1, line.firstUs, line.lastUs]
    })
    // Where in the buckets its samples were is not known; any place will do.
    const values = hist.flatMap((bucket, at) => (at % 2 === 0 ? [bucketRange(bucket)[0]] : []))
    const sum = values.reduce((all, value, at) => all + value * (hist[2 * at + 1] ?? 0), 0)
    return [{ ...line, hist, n: share, sum, min: values[0] ?? 0, max: values.at(-1) ?? 0, over: counts }]
  })
}

const shuffled = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)

describe('judge', () => {
  it('has a run with a recovery to start from', async () => {
    const verdict = await verdictOf(lines)
    expect(verdict).toMatchObject({ result: 'pass' })
    expect(verdict.faults[0]?.worst?.state).toBe('recovered')
  })

  it('gives the same verdict for the same increments in any order and any split', async () => {
    const expected = await verdictOf(lines)
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = seededRandom(seed)
        const again = shuffled(
          lines.flatMap((line) => split(line, random)),
          random,
        )
        expect(await verdictOf(again)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  it('never throws and never passes on a record in which a line or an event is garbage', async () => {
    const garbage = fc.oneof(
      fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e300, '', 'x', [], {}, true),
      fc.string(),
    )
    const windowAt = lines.flatMap((line, at) => (line.type === 'window' && line.status === '2xx' ? [at] : []))
    const field = fc.constantFrom(
      's',
      'n',
      'ok',
      'metric',
      'name',
      'scenario',
      'firstUs',
      'lastUs',
      'hist',
      'over',
      'type',
      'status',
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...windowAt), field, garbage, async (at, key, value) => {
        const line = { ...(lines[at] as unknown as Record<string, unknown>) }
        const meant = typeof value === 'string' && ['metric', 'name', 'scenario', 'status'].includes(key)
        fc.pre(
          !meant &&
            !(key === 'ok' && value === true) &&
            !(key === 'over' && (value === undefined || Array.isArray(value))),
        )
        line[key] = value
        const verdict = await verdictOf(lines.with(at, line as unknown as RecordLine))
        expect(verdict.result).not.toBe('pass')
      }),
      { numRuns: 150 },
    )
  })

  it('never throws on anything at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.anything(), { maxLength: 5 }),
        fc.array(fc.anything(), { maxLength: 5 }),
        async (junk, events) => {
          const verdict = await verdictOf(junk as RecordLine[], events as RunEvent[])
          expect(verdict.result).not.toBe('pass')
        },
      ),
      { numRuns: 200 },
    )
  })

  it('never passes on a record whose lines or events were cut short anywhere', async () => {
    const whole = [lines.length, record.events.length] as const
    const cut = fc.tuple(fc.nat(whole[0]), fc.nat(whole[1])).filter(([a, b]) => a < whole[0] || b < whole[1])
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          cut,
          fc.nat(whole[0] - 1).map((a) => [a, whole[1]] as const),
        ),
        async ([lineCount, eventCount]) => {
          const verdict = await verdictOf(lines.slice(0, lineCount), record.events.slice(0, eventCount))
          expect(verdict.result).not.toBe('pass')
        },
      ),
      { numRuns: 60 },
    )
  })
})
