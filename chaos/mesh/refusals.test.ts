import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import { specNamespace, specRows } from '../../test/fixtures/chaos-mesh-specs.ts'
import { goDurationMs, isRate, isSize } from './go-values.ts'
import { inNamespace } from './in-namespace.ts'
import { refusalsOf, refuseResource } from './refusals.ts'

describe('specs', () => {
  it.each(specRows.map((row) => [`${row.kind}: ${row.title}`, row] as const))(
    '%s',
    (_title, { kind, spec, refused }) => {
      const refusals = refusalsOf({ kind, spec })
      expect(refusals.map(({ by, path }) => ({ by, path }))).toEqual(refused === null ? [] : [refused])
      for (const { hint } of refusals) expect(hint).toMatch(/\.$/)
    },
  )

  const places = (value: unknown): string[][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [[key], ...places(inner).map((path) => [key, ...path])])
      : []
  const put = (value: unknown, [key = '', ...rest]: string[], wanted: unknown): object => {
    const before = Object(value) as Record<string, unknown>
    return { ...before, [key]: rest.length === 0 ? wanted : put(before[key], rest, wanted) }
  }
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(undefined, Number.NaN, { toString: 1 }))

  it.each(specRows.filter(({ refused }) => refused === null).map((row) => [`${row.kind}: ${row.title}`, row] as const))(
    '%s: whatever else stands in one of its fields is planned, or refused in one line',
    (_title, { kind, spec }) => {
      const paths = [...places(spec), ['remoteCluster'], ['selector', 'nodes'], ['selector', 'podPhaseSelectors']]
      fc.assert(
        fc.property(fc.constantFrom(...paths), anything, (path, value) => {
          const resource = { kind, spec: put(spec, path, value) }
          const refusals = refusalsOf(resource)
          for (const { message, hint } of refusals) expect(`${message} ${hint}`).toMatch(/^[^\n]+\.$/)
          if (refusals.length > 0) return
          try {
            inNamespace(resource, specNamespace, 'here')
          } catch (error) {
            expect(error).toBeInstanceOf(HoldfastError)
          }
        }),
        { numRuns: 100 },
      )
    },
  )

  it('machines of a cloud need no selector', () => {
    const spec = { action: 'ec2-stop', awsRegion: 'r', ec2Instance: 'i', duration: '10s' }
    expect(refusalsOf({ kind: 'AWSChaos', spec })).toEqual([])
    expect(refusalsOf({ kind: 'AWSChaos', spec: { ...spec, action: 'ec2-restart' } })).toMatchObject([
      { path: 'duration' },
    ])
  })

  it('the first thing that is wrong is one line with a hint', () => {
    const spec = { action: 'pod-failure', mode: 'fixed-percent', value: '50%', selector: {}, duration: '5d' }
    expect(refusalsOf({ kind: 'PodChaos', spec })).toHaveLength(3)
    const refuse = () => refuseResource({ kind: 'PodChaos', spec }, 'g.ts: faults[0]')
    expect(refuse).toThrow(
      new HoldfastError('g.ts: faults[0]: PodChaos: spec.value: "50%" is no percentage', {
        hint: 'Write 1 to 100 without a sign: "50".',
      }),
    )
    expect(() => refuseResource({ kind: 'PodChaos', spec: specRows[0]?.spec ?? {} }, 'here')).not.toThrow()
  })
})

describe('values as Go reads them', () => {
  it.each<[string, number | null]>([
    ['1h30m', 5_400_000],
    ['-1.5s', -1_500],
    ['.5ms', 0.5],
    ['1.s', 1_000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['0', 0],
    ['+2m', 120_000],
    ['', null],
    ['1', null],
    ['1d', null],
    ['1h 30m', null],
    ['s', null],
    ['.s', null],
    ['1H', null],
  ])('duration %j', (text, ms) => expect(goDurationMs(text)).toBe(ms))

  it.each([
    ['64kbit', true],
    ['1 mbps', true],
    ['1GBPS', true],
    ['bit', false],
    ['1.5mbit', false],
    ['64', false],
    ['-1bit', false],
  ])('rate %j', (text, isOne) => expect(isRate(text)).toBe(isOne))

  it.each([
    ['256MB', true],
    ['1.5GiB', true],
    ['1024', true],
    ['50%', true],
    ['101%', false],
    ['5.5%', false],
    ['%', false],
    ['-1MB', false],
    ['', false],
  ])('size %j', (text, isOne) => expect(isSize(text)).toBe(isOne))
})
