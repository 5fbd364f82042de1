import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CapacityStep } from '../model/capacity.ts'
import type { EndReason } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { recordFiles } from '../run/record.ts'
import { StopSwitch } from '../run/stop.ts'
import { latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { writeRecord } from '../test/fixtures/write-record.ts'
import { confirmedFactor } from '../verdict/capacity.ts'
import { confirmFound, searchCapacity, unconfirmed } from './capacity.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-capacity-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const spec = { upTo: 16, precisionRatio: 1 }
const tried = (factor: number, state: CapacityStep['state']): CapacityStep => ({
  factor,
  state,
  reason: '',
  offeredPerSecond: factor * 40,
  achievedPerSecond: factor * 40,
  p50Ms: 1,
  p95Ms: 1,
  errorRatio: 0,
  saturation: [],
})

const none = Array.from({ length: 6 }, (_, i) => tried(1 / 2 ** i, 'broke'))

/** The record of a run that was to confirm a rate, beside those of the steps before it. */
const write = (medianMs: number, factor: number, steps: CapacityStep[], ended: EndReason = 'completed'): Plan => {
  const made = makeRecord({
    warmUpS: 1,
    steadyS: 20,
    streams: [{ perSecond: 40, medianMs, sigma: 0.2 }],
    objectives: [latencyObjective()],
    ended,
  })
  const plan = { ...made.plan, capacity: { factor, upTo: spec.upTo, steps } }
  mkdirSync(join(dir, 'steps', '01'), { recursive: true })
  writeRecord(dir, plan, made)
  return plan
}

describe('the run that is to confirm a rate', () => {
  it('ends the search when the rate holds', async () => {
    const plan = write(20, 2, [tried(1, 'held'), tried(2, 'held'), tried(4, 'broke')])
    expect(await unconfirmed(spec, plan, dir)).toBeNull()
    expect(readdirSync(dir)).toContain(recordFiles.events)
  })

  it('becomes a step when it does not, and the folder is free for the next', async () => {
    const plan = write(2000, 2, [tried(1, 'held'), tried(2, 'held'), tried(4, 'broke')])
    const steps = await unconfirmed(spec, plan, dir)
    expect(steps?.map(({ factor, state }) => [factor, state])).toEqual([
      [1, 'held'],
      [2, 'held'],
      [4, 'broke'],
      [2, 'broke'],
    ])
    expect(readdirSync(dir)).toEqual(['steps'])
    expect(readdirSync(join(dir, 'steps'))).toEqual(['01', '04'])
    expect(JSON.parse(readFileSync(join(dir, 'steps', '04', recordFiles.plan), 'utf8'))).toEqual(plan)
    // Goes on below it: 1 held and is next to be confirmed.
    expect(
      (
        await searchCapacity(
          spec,
          () => Promise.reject(new Error('tries no other')),
          () => false,
          steps ?? [],
        )
      ).factor,
    ).toBe(1)
  })

  it('ends the search when nothing is left to try', async () => {
    const plan = write(2000, 1 / 32, none)
    expect(await unconfirmed(spec, plan, dir)).toBeNull()
  })
})

describe('what stops a confirming run', () => {
  /** Confirms the rate, and then what comes below it; the first run ends as told. */
  const confirm = async (first: number, steps: CapacityStep[], ending: EndReason) => {
    const outer = new StopSwitch()
    const ran: number[] = []
    const { end } = await confirmFound(
      spec,
      { plan: write(20, first, steps) },
      dir,
      outer,
      async ({ plan }, own) => {
        const { factor, steps: before } = plan.capacity ?? { factor: Number.NaN, steps: [] }
        const reason = ran.length === 0 ? ending : 'completed'
        ran.push(factor)
        if (reason !== 'completed') own.stop(reason)
        write(20, factor, before, reason)
        return { reason, error: null }
      },
      async (next) => ({ plan: write(20, confirmedFactor(next), next) }),
    )
    return { ran, end: end.reason, outer: outer.reason }
  }
  const found = [tried(1, 'held'), tried(2, 'held'), tried(4, 'broke')]

  it('is one more step when a guard did, and the search goes on', async () => {
    expect(await confirm(2, found, 'guard')).toEqual({ ran: [2, 1], end: 'completed', outer: 'completed' })
    expect(readdirSync(join(dir, 'steps'))).toEqual(['01', '04'])
  })

  it('stops the whole when a guard did, and no other rate is left', async () => {
    expect(await confirm(1 / 32, none, 'guard')).toEqual({ ran: [1 / 32], end: 'guard', outer: 'guard' })
    expect(readdirSync(dir)).toContain(recordFiles.events)
  })

  it.each(['interrupted', 'crashed'] as const)('stops the whole when it was %s', async (reason) => {
    expect(await confirm(2, found, reason)).toEqual({ ran: [2], end: reason, outer: reason })
    expect(readdirSync(dir)).toContain(recordFiles.events)
  })
})

it('an interrupted search goes no further', async () => {
  const { steps } = await searchCapacity(
    spec,
    async (factor) => tried(factor, 'held'),
    () => true,
    [tried(1, 'held')],
  )
  expect(steps).toHaveLength(1)
})
