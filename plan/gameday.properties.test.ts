import fc from 'fast-check'
import { expect, it } from 'vitest'
import { durationMs } from '../model/duration.ts'
import { HoldfastError } from '../model/errors.ts'
import { batchsender } from '../systems/batchsender/index.ts'
import { planFaults } from './faults.ts'
import { checkGameDay } from './gameday.ts'
import { phasesOf, steadyEndOf } from './phases.ts'

/** A game day with something in every field. */
const full = () => ({
  title: 'T',
  purpose: 'P',
  system: 'batchsender',
  load: [{ scenario: 'smoke', profile: 'smoke', rateFactor: 2 }],
  warmUp: '1s',
  steady: '10s',
  faults: [
    { kind: 'freeze', target: 'postgres', at: '0s', for: '5s', title: 'F' },
    { kind: 'latency', from: 'client', to: 'api', ms: 100, jitterMs: 1, at: '1s', for: '5s' },
    { kind: 'cpuStress', target: 'api', workers: 1, loadRatio: 0.5, at: '1s', for: '5s' },
    { kind: 'command', title: 'C', inject: ['a'], probe: ['b'], undo: ['c'], timeout: '1s', at: '1s', for: '5s' },
    { kind: 'kill', target: 'worker-1', at: '20s' },
  ],
  recovery: { for: '20s', stableFor: '5s' },
  guards: [
    { kind: 'errorRatio', aboveRatio: 0.5, for: '15s' },
    { kind: 'latency', percentile: 99, aboveMs: 10_000, for: '30s' },
    { kind: 'achievedRate', belowRatio: 0.5, for: '5s' },
    { kind: 'http', url: 'http://127.0.0.1:1/', expect: 200, for: '5s' },
    { kind: 'command', argv: ['true'], for: '5s' },
  ],
  blastRadius: { postgres: 1, api: 1 },
  sloFile: 'slos/x.yaml',
  objectives: [{ name: 'o', title: 't', measure: 'rto', op: 'lt', value: 1, unit: 's' }],
  faultsDespiteBreach: true,
  systemOptions: { rateLimitPerMinute: '5' },
  weaknesses: ['w'],
  profile: 'short',
})

/** What reads a game day before anything else of the project is looked at. */
const read = (value: unknown): void => {
  const file = 'g.ts'
  const gameDay = checkGameDay(value, file)
  const steadyEndMs = steadyEndOf(gameDay, file)
  const faults = planFaults(gameDay.faults, {
    system: batchsender,
    environment: 'local',
    file,
    steadyEndMs,
    blastRadius: gameDay.blastRadius ?? {},
  })
  const { phases, stableForMs } = phasesOf(gameDay, faults, file)
  for (const guard of gameDay.guards ?? []) expect(durationMs(guard.for)).toBeGreaterThanOrEqual(0)
  // A plan goes into the record as JSON, which knows no other numbers.
  JSON.stringify({ gameDay, phases, stableForMs, faults }, (_key, each: unknown) => {
    if (typeof each === 'number') expect(each).toSatisfy(Number.isFinite)
    return each
  })
}

/** True for a game day; else the field that the one-line error names. Anything else is thrown. */
const outcome = (value: unknown): true | string => {
  try {
    read(value)
    return true
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    expect(error.message).toMatch(/^g\.ts: \S/)
    expect(error.message).not.toContain('\n')
    expect(error.message.length).toBeLessThan(10_000)
    return `${error.message.slice('g.ts: '.length)} ${error.hint ?? ''}`
  }
}

type Path = (string | number)[]
const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : [
        path,
        ...Object.entries(value).flatMap(([key, below]) =>
          pathsOf(below, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
const paths = pathsOf(full()).filter((path) => path.length > 0)

const circle: Record<string, unknown> = {}
circle.self = circle
const odd = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom<unknown>(
    undefined,
    null,
    0,
    -0,
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    circle,
    Symbol('s'),
    () => 1,
    '',
    ' ',
    '\0',
    '\u001b[2J',
    '\n',
    '../../x',
    '__proto__',
    'constructor',
    `${'9'.repeat(400)}d`,
    '99999999999999999999d',
    '1e5s',
    '-1s',
    'x'.repeat(3_000),
    [[[[[[]]]]]],
    new Array(1_000).fill({}),
    new Proxy({}, { get: () => undefined }),
  ),
)

/** The value with one place of it changed. */
const changed = (value: unknown, [key, ...below]: Path, change: (at: unknown) => unknown): unknown => {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>
  if (below.length > 0) copy[key as string] = changed(copy[key as string], below, change)
  else copy[key as string] = change(copy[key as string])
  return copy
}
const without = (value: unknown, path: Path): unknown => {
  const copy = structuredClone(value) as Record<string | number, unknown>
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], copy)
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1)
  else delete (parent as Record<string | number, unknown>)[path.at(-1) as string]
  return copy
}

it('the whole one is a game day', () => {
  expect(outcome(full())).toBe(true)
})

it('anything at all is a game day or refused in one line', () => {
  fc.assert(
    fc.property(odd, (value) => {
      expect(typeof outcome(value)).toBe('string')
    }),
    { numRuns: 500 },
  )
})

it('any field with any value is a game day, or refused in one line that names the field', () => {
  fc.assert(
    fc.property(fc.constantFrom(...paths), odd, (path, value) => {
      const told = outcome(changed(full(), path, () => value))
      if (told !== true) expect(told).toContain(String(path[0]))
    }),
    { numRuns: 1_000 },
  )
})

it('any field left out, nested or beside an unknown one is a game day, or refused in one line', () => {
  for (const path of paths) {
    for (const value of [
      without(full(), path),
      changed(full(), path, (at) => [at]),
      changed(full(), path, (at) => ({ at })),
      // One more entry, where it is a list.
      changed(full(), path, (at) => (Array.isArray(at) ? [...at, {}] : { ...Object(at), unknownKey: 1 })),
    ])
      outcome(value)
  }
})

it('any two changes at once never crash', () => {
  const place = fc.tuple(fc.constantFrom(...paths), odd)
  fc.assert(
    fc.property(place, place, ([path, value], [other, another]) => {
      fc.pre(path[0] !== other[0])
      outcome(
        changed(
          changed(full(), path, () => value),
          other,
          () => another,
        ),
      )
    }),
    { numRuns: 1_000 },
  )
})
