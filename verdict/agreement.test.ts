import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import type { RecordLine } from '../model/window.ts'
import { errorObjective, latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

const record = makeRecord({
  warmUpS: 2,
  steadyS: 60,
  faultsS: 10,
  recoveryS: 40,
  stableForS: 5,
  streams: [{ perSecond: 50, errorRatio: 0.002 }],
  objectives: [latencyObjective(), errorObjective()],
  faults: [{ atS: 62, holdS: 10 }],
})
const lines = [...record.lines()]
const numbered = record.events.map((event, at): RunEvent => ({ ...event, seq: at + 1 }))
const judged = async (of: RecordLine[], events = numbered) =>
  (await judge({ plan: record.plan, events, lines: of })).verdict

/** The ways in which one counted line can stop telling what was recorded. */
const changes: Record<string, (line: RecordLine) => RecordLine[] | null> = {
  missing: (line) => (line.type === 'window' || line.type === 'load' ? [] : null),
  doubled: (line) => (line.type === 'window' || line.type === 'load' || line.type === 'closed' ? [line, line] : null),
  'one more sample': (line) => (line.type === 'window' ? [{ ...line, n: line.n + 1 }] : null),
  'bad as good': (line) => (line.type === 'window' && !line.ok ? [{ ...line, ok: true }] : null),
  'one more completed': (line) => (line.type === 'load' ? [{ ...line, completed: line.completed + 1 }] : null),
  'one more dropped': (line) => (line.type === 'load' ? [{ ...line, dropped: line.dropped + 1 }] : null),
  'another extreme': (line) => (line.type === 'window' ? [{ ...line, max: line.max * 2 }] : null),
  'another sum': (line) => (line.type === 'window' ? [{ ...line, sum: line.sum * 2 }] : null),
  'another place in the histogram': (line) =>
    line.type === 'window' ? [{ ...line, hist: [(line.hist?.[0] ?? 0) + 3000, ...(line.hist?.slice(1) ?? [])] }] : null,
  'another count over the threshold': (line) =>
    line.type === 'window' && line.over?.[0]
      ? [{ ...line, over: [[line.over[0][0], line.over[0][1] + 1, 0, 0, 0, 0]] }]
      : null,
  'without totals': (line) => {
    if (line.type !== 'end') return null
    const { totals: _, ...rest } = line
    return [rest]
  },
  'not closed': (line) => (line.type === 'closed' ? [] : null),
}

describe('a record that does not agree with itself', () => {
  it('passes while it does', async () => {
    expect((await judged(lines)).result).toBe('pass')
  })

  it.each(Object.keys(changes))('never passes: %s', async (name) => {
    const change = changes[name]
    const places = lines.flatMap((line, at) => (change?.(line) ? [at] : []))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), async (at) => {
        const line = lines[at] as RecordLine
        const verdict = await judged(lines.flatMap((one, i) => (i === at ? (change?.(line) ?? []) : [one])))
        expect(verdict.result).not.toBe('pass')
      }),
      { numRuns: 8 },
    )
  })

  it.each(record.events.map(({ type }, at) => [`${at} ${type}`, at] as const))(
    'never passes without event %s, or with it twice',
    async (_, at) => {
      expect((await judged(lines, numbered.toSpliced(at, 1))).result).not.toBe('pass')
      const event = numbered[at] as RunEvent
      expect((await judged(lines, numbered.toSpliced(at, 0, event))).result).not.toBe('pass')
    },
  )

  it('names what does not fit', async () => {
    const dropped = lines.toSpliced(
      lines.findIndex(({ type }) => type === 'load'),
      1,
    )
    expect((await judged(dropped)).sentence).toMatch(/does not agree with itself: .*where k6 counted/)
    expect((await judged(lines, numbered.toSpliced(3, 1))).sentence).toContain('event 4 is missing')
  })

  it('may have events of a clean-up at its end, which have no number', async () => {
    const later: RunEvent = { atMs: (numbered.at(-1)?.atMs ?? 0) + 1000, type: 'warning', message: 'cleanup: nothing' }
    expect((await judged(lines, [...numbered, later])).result).toBe('pass')
  })

  it('is judged as before where it has no numbers and no totals', async () => {
    const older = lines.flatMap((line): RecordLine[] => {
      if (line.type === 'closed') return []
      if (line.type === 'hello') return [{ type: 'hello', schemaVersion: 1, k6Version: '2.2.0', atUs: line.atUs }]
      return line.type === 'end' ? [{ type: 'end', atUs: line.atUs }] : [line]
    })
    expect((await judged(older, record.events)).result).toBe('pass')
  })
})
