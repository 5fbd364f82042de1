import { expect, test } from 'vitest'
import type { ActiveInjection } from '../chaos/drivers/driver.ts'
import type { Evidence } from '../chaos/drivers/wait.ts'
import { type EndedEarly, endedText, HeldFault } from './hold.ts'

/** A clock that jumps to the next of its sleepers once everybody waits. */
const clockOf = () => {
  const clock = { ms: 0 }
  const sleepers = new Set<{ atMs: number; wake: (reached: boolean) => void }>()
  const jump = () => {
    const [next] = [...sleepers].sort((a, b) => a.atMs - b.atMs)
    if (next === undefined) return
    clock.ms = Math.max(clock.ms, next.atMs)
    next.wake(true)
    setImmediate(jump)
  }
  const sleepUntil = (atMs: number, signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      const sleeper = {
        atMs,
        wake: (reached: boolean) => {
          sleepers.delete(sleeper)
          resolve(reached)
        },
      }
      if (signal.aborted) return resolve(false)
      signal.addEventListener('abort', () => sleeper.wake(false), { once: true })
      if (sleepers.size === 0) setImmediate(jump)
      sleepers.add(sleeper)
    })
  return { clock, now: () => clock.ms, sleepUntil }
}

/** Looks that say what `is` says of their time; null cannot tell. */
const held = (is: (atMs: number) => boolean | null, lookMs = 0) => {
  const { clock, now, sleepUntil } = clockOf()
  const looks: number[] = []
  const stillActive = async (): Promise<Evidence | null> => {
    looks.push(clock.ms)
    if (lookMs > 0) await sleepUntil(clock.ms + lookMs, new AbortController().signal)
    const ok = is(looks.at(-1) ?? 0)
    return ok === null ? null : { ok, text: ok ? 'there' : 'gone' }
  }
  const injection = { stillActive } as unknown as ActiveInjection
  const fault = new HeldFault([injection], 0, { now, sleepUntil })
  return { fault, looks, clock }
}

const hold = async (is: (atMs: number) => boolean | null, untilMs = 10_000, lookMs = 0) => {
  const one = held(is, lookMs)
  const ended: EndedEarly[] = []
  await one.fault.until(untilMs, new AbortController().signal, (early) => ended.push(early))
  const last = await one.fault.lastLook(untilMs, new AbortController().signal)
  return { ...one, ended, last }
}

test('a fault that is there to the end is looked at every second, and ended nowhere', async () => {
  const { looks, ended, last } = await hold(() => true)
  expect([ended, last]).toEqual([[], 'active'])
  expect(looks.length).toBeGreaterThanOrEqual(9)
})

test('a fault that ends after 2.5 of its 10 s is told once, between the looks around it', async () => {
  const { ended, last } = await hold((atMs) => atMs < 2_500)
  expect(ended).toEqual([{ lastSeenAtMs: 2_000, goneAtMs: 3_000, text: 'gone' }])
  expect(last).toBe('over')
})

test('a fault that ends after the last look of its time is seen to have by the one before its undo', async () => {
  const { ended, last } = await hold((atMs) => atMs < 9_500)
  expect(ended).toEqual([])
  expect(last).toMatchObject({ lastSeenAtMs: 9_000, goneAtMs: 10_000 })
})

test('a probe that says "gone" once, or cannot tell, is no end; one that cannot tell at last proves nothing', async () => {
  expect((await hold((atMs) => atMs !== 4_000)).ended).toEqual([])
  expect(await hold(() => null)).toMatchObject({ ended: [], last: 'unanswered' })
  expect(
    await hold((atMs) => {
      if (atMs > 2_000) throw new Error('the API server is away')
      return true
    }),
  ).toMatchObject({ ended: [], last: 'unanswered' })
})

test('a slow look is asked for less often', async () => {
  const { looks } = await hold(() => true, 20_000, 1_000)
  expect(looks.length).toBeLessThanOrEqual(6)
})

test('a look that never ends does not hold up the removal', async () => {
  const { now, sleepUntil } = clockOf()
  const injection = { stillActive: () => new Promise<null>(() => {}) } as unknown as ActiveInjection
  const fault = new HeldFault([injection], 0, { now, sleepUntil })
  expect(await fault.until(5_000, new AbortController().signal, () => {})).toBe(true)
  expect(await fault.lastLook(5_000, new AbortController().signal)).toBe('unanswered')
})

test('of several parts one that is gone ends the fault, whatever the others say', async () => {
  const { now, sleepUntil } = clockOf()
  const part = (evidence: Evidence | null) => ({ stillActive: () => evidence }) as unknown as ActiveInjection
  const parts = [part({ ok: true, text: 'a' }), part(null), part({ ok: false, text: 'b is gone' })]
  const ended: EndedEarly[] = []
  const signal = new AbortController().signal
  await new HeldFault(parts, 0, { now, sleepUntil }).until(5_000, signal, (early) => ended.push(early))
  expect(ended).toMatchObject([{ text: 'b is gone' }])
})

test('a part that is gone ends the fault also while the look at another part hangs', async () => {
  const { now, sleepUntil } = clockOf()
  const signals: AbortSignal[] = []
  const hanging = (signal: AbortSignal) => {
    signals.push(signal)
    return new Promise<null>(() => {})
  }
  const parts = [{ stillActive: hanging }, { stillActive: () => ({ ok: false, text: 'b is gone' }) }]
  const ended: EndedEarly[] = []
  const fault = new HeldFault(parts as unknown as ActiveInjection[], 0, { now, sleepUntil })
  await fault.until(5_000, new AbortController().signal, (early) => ended.push(early))
  expect(ended).toMatchObject([{ goneAtMs: 1_000, text: 'b is gone' }])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
})

test('a part that goes while another hangs is seen to be gone by the last look', async () => {
  const { clock, now, sleepUntil } = clockOf()
  const parts = [
    { stillActive: () => new Promise<null>(() => {}) },
    { stillActive: () => ({ ok: clock.ms < 3_000, text: 'b is gone' }) },
  ] as unknown as ActiveInjection[]
  const fault = new HeldFault(parts, 0, { now, sleepUntil })
  await fault.until(5_000, new AbortController().signal, () => {})
  expect(await fault.lastLook(5_000, new AbortController().signal)).toMatchObject({ text: 'b is gone' })
})

test('looks of 2.5 s are answered at last, too, when the time has come', async () => {
  const { last, looks, clock } = await hold(() => true, 10_000, 2_500)
  expect(last).toBe('active')
  expect([looks.at(-1), clock.ms]).toEqual([7_500, 10_000])
})

test('one slow look leaves no time unlooked at before the removal', async () => {
  const { clock, now, sleepUntil } = clockOf()
  const stillActive = async (): Promise<Evidence> => {
    const isThere = clock.ms < 18_000
    if (clock.ms === 1_000) await sleepUntil(clock.ms + 4_000, new AbortController().signal)
    return { ok: isThere, text: 'gone' }
  }
  const fault = new HeldFault([{ stillActive } as unknown as ActiveInjection], 0, { now, sleepUntil })
  const { signal } = new AbortController()
  await fault.until(20_000, signal, () => {})
  expect(await fault.lastLook(20_000, signal)).toMatchObject({ lastSeenAtMs: 16_000, goneAtMs: 20_000 })
})

test('an order to stop ends the last look', async () => {
  const stopping = new AbortController()
  const stillActive = () => {
    stopping.abort()
    return new Promise<null>(() => {})
  }
  const fault = new HeldFault([{ stillActive } as unknown as ActiveInjection], 0, clockOf())
  expect(await fault.lastLook(0, stopping.signal)).toBe('unanswered')
  expect(await fault.lastLook(0, AbortSignal.abort())).toBe('unanswered')
})

test('one that nothing can look at is only held', async () => {
  const fault = new HeldFault([{} as ActiveInjection], 0, clockOf())
  expect(await fault.until(5_000, new AbortController().signal, () => {})).toBe(true)
  expect(await fault.lastLook(5_000, new AbortController().signal)).toBe('active')
})

test('an order to stop ends the holding', async () => {
  const stopping = AbortSignal.abort()
  const { fault } = held(() => true)
  expect(await fault.until(5_000, stopping, () => {})).toBe(false)
})

test('the words', () => {
  const ended = { lastSeenAtMs: 3_100, goneAtMs: 4_000, text: 'probe x: exit 22' }
  expect(endedText(ended, 1_000, 10_000)).toBe(
    'ended 2.1..3.0 s after its injection, before its 10.0 s were over: probe x: exit 22',
  )
})
