import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChaosEvent, ChaosObject, FaultEdges, Observed, Seen } from './edges.ts'
import { edgesOf, eventTimeMs, nothingSeen, observe } from './edges.ts'

/** Histories of real experiments; see the README there. */
const folder = resolve(import.meta.dirname, '../../test/fixtures/chaos-mesh')
const history = (name: string): Seen[] =>
  readFileSync(join(folder, `${name}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const replay = (seen: Seen[]): Observed => seen.reduce(observe, nothingSeen)
const statesOf = (seen: Seen[]): string[] => {
  const all = seen.map((_line, i) => edgesOf(replay(seen.slice(0, i + 1))).state)
  return all.filter((state, i) => state !== all[i - 1])
}

/** Seconds of the windows, as the records have them: `10-15`, `10-` while it lasts. */
const windowsOf = ({ windows }: FaultEdges): string[] =>
  windows.map(({ applied, recovered }) => `${second(applied)}-${second(recovered)}`)
const second = (edge: { atMs: number } | null): string =>
  edge === null ? '' : new Date(edge.atMs).toISOString().slice(17, 19)

// Conditions are written after the records.
const whole = ['pending', 'selected', 'injected', 'removing', 'removed']

describe('recorded histories', () => {
  it.each<[string, string[], string[], number, RegExp | null]>([
    ['podchaos-pod-failure-10s', whole, ['15-25'], 1, null],
    ['podchaos-target-deleted-while-injected', whole, ['52-00'], 1, null],
    ['stresschaos-cpu-8s', whole, ['10-18'], 1, null],
    ['stresschaos-memory-8s', whole, ['10-18'], 1, null],
    // Deleted in the middle: the condition AllRecovered never comes.
    ['podchaos-delete-while-injected', whole, ['17-21'], 1, null],
    ['podchaos-controller-restart-while-deleting', whole, ['53-09'], 1, null],
    // One-shots: nothing but the deletion ends them.
    ['podchaos-pod-kill', whole, ['10-15'], 1, null],
    ['podchaos-container-kill', whole, ['07-19'], 1, null],
    // With their Events.
    ['podchaos-exact-failure', ['injected', 'removing', 'removed'], ['20-24'], 2, null],
    [
      'podchaos-exact-pause',
      ['injected', 'removing', 'paused', 'selected', 'injected', 'removing', 'removed'],
      ['29-31', '33-36'],
      2,
      null,
    ],
    // Several pods, both ends of a link; one after the other.
    ['networkchaos-partition-12s', whole, ['23-35'], 3, null],
    // While paused AllRecovered is True, and it was never removed; resuming injects again.
    [
      'podchaos-pause-resume',
      ['pending', 'selected', 'injected', 'removing', 'paused', 'selected', 'injected', 'removing', 'removed'],
      ['09-11', '14-17'],
      1,
      null,
    ],
    // No pod fits: it waits for ever, and was never injected.
    ['podchaos-no-match', ['pending', 'removing', 'removed'], [], 0, null],
    // AllRecovered is True here although nothing was ever injected.
    ['podchaos-container-kill-no-daemon', ['pending', 'selected', 'removed'], [], 1, null],
    ['podchaos-failed-apply', ['selected'], [], 1, /^demo\/web-5768b4fff5-sr5p6\/web: cannot find daemonIP on node/],
    // Neither injected nor known to be clean: half of the rules may be there.
    ['networkchaos-delay-no-netem', ['pending', 'selected', 'removing'], [], 1, /failed to apply for pod demo\/db/],
    ['networkchaos-partition-15s', ['pending', 'selected', 'removing'], [], 3, /unable to flush ip sets for pod/],
    ['networkchaos-delete-stuck-finalizer', ['removing'], [], 3, /unable to flush ip sets for pod/],
  ])('%s', (name, states, windows, targets, problem) => {
    const seen = history(name)
    const end = edgesOf(replay(seen))
    expect(statesOf(seen)).toEqual(states)
    expect(windowsOf(end)).toEqual(windows)
    expect(end.targets).toHaveLength(targets)
    if (problem === null) expect(end.problem).toBeNull()
    else expect(end.problem).toMatch(problem)
  })

  it('are all replayed', () => {
    expect(readdirSync(folder).filter((name) => name.endsWith('.ndjson'))).toHaveLength(18)
  })

  const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
  it.each(names)('%s: the order of conditions and records says nothing, and lines may come twice', (file) => {
    const seen = history(file.replace('.ndjson', ''))
    const expected = statesOf(seen)
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.array(fc.nat(seen.length - 1)), (random, again) => {
        const shuffled = seen.map((line) => mixed(line, random))
        expect(statesOf(shuffled)).toEqual(expected)
        const before = replay(shuffled)
        // Older versions once more, as after a watch that was opened again.
        const after = again.reduce((known, i) => observe(known, shuffled[i] as Seen), before)
        expect(edgesOf(after)).toEqual(edgesOf(before))
      }),
      { numRuns: 30 },
    )
  })

  it.each(names)('%s: versions that nobody saw change nothing', (file) => {
    const seen = history(file.replace('.ndjson', ''))
    const newest = seen.findLast(({ type }) => type !== 'EVENT')
    const end = edgesOf(replay(seen))
    fc.assert(
      fc.property(fc.subarray(seen.filter((line) => line !== newest && line.type !== 'EVENT')), (some) => {
        const left = seen.filter((line) => line === newest || line.type === 'EVENT' || some.includes(line))
        expect(edgesOf(replay(left))).toEqual(end)
      }),
      { numRuns: 30 },
    )
  })
})

const mixed = (line: Seen, random: Iterator<number>): Seen => {
  if (!('object' in line)) return line
  const { status } = line.object
  const records = status?.experiment?.containerRecords
  const key = new Map<unknown, number>()
  const shuffle = <T>(list: T[]): T[] => {
    for (const entry of list) key.set(entry, random.next().value as number)
    return list.toSorted((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0))
  }
  return {
    ...line,
    object: {
      ...line.object,
      status: {
        ...(status?.conditions === undefined ? {} : { conditions: shuffle(status.conditions) }),
        experiment: { ...status?.experiment, ...(records === undefined ? {} : { containerRecords: shuffle(records) }) },
      },
    },
  }
}

const failure = history('podchaos-pod-failure-10s')
const podId = 'demo/web-5768b4fff5-sr5p6'
/** An Event as Chaos Mesh names it: Unix nanoseconds in hexadecimal. */
const event = (reason: string, message: string, at: string, nanoseconds: number): ChaosEvent => ({
  metadata: { name: `fail1.${(BigInt(Date.parse(at)) * 1_000_000n + BigInt(nanoseconds)).toString(16)}` },
  type: reason === 'Failed' ? 'Warning' : 'Normal',
  reason,
  message,
})
const seenEvent = (...given: Parameters<typeof event>): Seen => ({ type: 'EVENT', event: event(...given) })
const applied = seenEvent('Applied', `Successfully apply chaos for ${podId}`, '2026-11-21T06:00:15Z', 61_234_567)
const recovered = seenEvent('Recovered', `Successfully recover chaos for ${podId}`, '2026-11-21T06:00:25Z', 904_000_000)
const atMs = (time: string): number => Date.parse(`2026-11-21T06:00:${time}Z`)

describe('exact times', () => {
  it('come from the names of Events, and from the second of the record where there is none', () => {
    const exact = { atMs: atMs('15') + 61.234, withinMs: 0 }
    expect(edgesOf(replay([...failure, applied])).windows).toEqual([
      { firstApplied: exact, applied: exact, recovered: { atMs: atMs('25'), withinMs: 1_000 } },
    ])
    expect(edgesOf(replay([...failure, recovered, applied, recovered])).windows).toEqual([
      { firstApplied: exact, applied: exact, recovered: { atMs: atMs('25') + 904, withinMs: 0 } },
    ])
  })

  it('are those of every injection and removal of a recorded experiment that was paused', () => {
    const { windows } = edgesOf(replay(history('podchaos-exact-pause')))
    const times = windows.flatMap(({ firstApplied, applied, recovered }) => [firstApplied, applied, recovered])
    expect(times.map((edge) => edge?.withinMs)).toEqual([0, 0, 0, 0, 0, 0])
    const start = Date.parse('2026-11-21T15:26:29Z')
    expect(times.map((edge) => Math.round((edge?.atMs ?? 0) - start))).toMatchInlineSnapshot(`
      [
        148,
        156,
        2245,
        4826,
        4838,
        7492,
      ]
    `)
  })

  it('of another pod, another time or another kind of Event are not taken', () => {
    const others = [
      seenEvent('Applied', `Successfully apply chaos for ${podId}x`, '2026-11-21T06:00:15Z', 5),
      seenEvent('Applied', `Successfully apply chaos for other/${podId}`, '2026-11-21T06:00:15Z', 6),
      seenEvent('Applied', `Successfully apply chaos for ${podId}`, '2026-11-21T06:00:18Z', 7),
      seenEvent('Updated', `Successfully apply chaos for ${podId}`, '2026-11-21T06:00:15Z', 8),
    ]
    expect(edgesOf(replay([...failure, ...others])).windows[0]?.applied).toEqual({ atMs: atMs('15'), withinMs: 1_000 })
  })

  it('the last pod decides when it is injected and removed, the first when it begins', () => {
    const ids = edgesOf(replay(history('networkchaos-partition-12s'))).targets
    const events = ids.map((id, i) =>
      seenEvent('Applied', `Successfully apply chaos for ${id}`, '2026-11-21T06:16:23Z', 100_000_000 * (i + 1)),
    )
    const [exact] = edgesOf(replay([...history('networkchaos-partition-12s'), ...events])).windows
    const base = Date.parse('2026-11-21T06:16:23Z')
    expect(exact?.firstApplied).toEqual({ atMs: base + 100, withinMs: 0 })
    expect(exact?.applied).toEqual({ atMs: base + 300, withinMs: 0 })
  })

  it('a name without nanoseconds has no time', () => {
    expect(eventTimeMs({ metadata: { name: 'fail1' } })).toBeNull()
    expect(eventTimeMs({ metadata: {} })).toBeNull()
  })
})

describe('a resource that is gone', () => {
  const injected = failure.slice(0, 6)
  it('while its pod had the fault is lost, until an Event tells of the removal', () => {
    expect(edgesOf(replay(injected)).state).toBe('injected')
    const gone = replay([...injected, { type: 'MISSING' }])
    expect(edgesOf(gone)).toMatchObject({ state: 'lost', windows: [{ recovered: null }] })
    expect(edgesOf(observe(gone, recovered))).toMatchObject({
      state: 'removed',
      windows: [{ recovered: { atMs: atMs('25') + 904, withinMs: 0 } }],
    })
  })

  it('by force is lost', () => {
    const { object } = injected.at(-1) as { object: ChaosObject }
    expect(edgesOf(replay([...injected, { type: 'DELETED', object }])).state).toBe('lost')
  })

  it('and was never there has not begun', () => {
    expect(edgesOf(replay([{ type: 'MISSING' }]))).toEqual({
      state: 'pending',
      targets: [],
      windows: [],
      problem: null,
    })
  })
})

it('says why no pod was selected, in the words of the newest Event', () => {
  const seen = history('podchaos-no-match').slice(0, 4)
  const why = 'Failed to select targets: no pod is selected'
  const events = [
    seenEvent('Failed', why, '2026-11-21T06:01:22Z', 0),
    seenEvent('Failed', 'Failed to update records: older', '2026-11-21T06:01:21Z', 0),
  ]
  expect(edgesOf(replay([...seen, ...events]))).toMatchObject({ state: 'pending', problem: why })
})
