// Every kind of fault through the command line, compared with what the engine says that it did to the containers.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, onTestFailed, test } from 'vitest'
import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'
import type { Verdict } from '../../model/verdict.ts'
import { endStarted } from '../started.ts'
import { startHoldfast } from './command.ts'
import { leftOf, listen, noEngine } from './engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'))
afterAll(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

/** Two clocks of one machine, read by two programs. */
const clocksMs = 20
const isWithin = (atMs: number, fromMs: number, toMs: number) => atMs >= fromMs - clocksMs && atMs <= toMs + clocksMs

/** What each kind makes the engine do, when it is injected and when it is removed. Links are Toxiproxy's. */
const engineDoes: Record<string, { injected: string; removed: string | null }> = {
  kill: { injected: 'die', removed: null },
  unavailable: { injected: 'die', removed: 'start' },
  freeze: { injected: 'pause', removed: 'unpause' },
  partition: { injected: 'disconnect', removed: 'connect' },
  cpuStress: { injected: 'update', removed: 'update' },
  memoryStress: { injected: 'update', removed: 'update' },
}

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

describe.skipIf(noEngine !== undefined)('every kind of fault', () => {
  test('is confirmed active and gone, when the engine says, and nothing of the run stays', async () => {
    using engine = await listen()
    const run = startHoldfast(folder, [
      'run',
      resolve(import.meta.dirname, 'gamedays/every-fault.ts'),
      '--env',
      'containers',
    ])
    await run.exit
    const id = readdirSync(join(folder, 'out'))[0] ?? ''
    const read = (file: string) => readFileSync(join(folder, 'out', id, file), 'utf8')
    const plan = JSON.parse(read('plan.json')) as Plan
    const verdict = JSON.parse(read('verdict.json')) as Verdict
    const events = read('events.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent)
    const facts = engine.facts(id)
    onTestFailed(() => console.log(JSON.stringify({ facts, faults: verdict.faults }, null, 1)))

    expect(verdict.ended).toBe('completed')
    const confirmed = verdict.faults.map(({ label, confirmedActive, confirmedRemoved }) => ({
      label,
      confirmedActive,
      confirmedRemoved,
    }))
    expect(confirmed).toEqual(
      plan.faults.map(({ label }) => ({ label, confirmedActive: true, confirmedRemoved: true })),
    )
    expect(new Set(plan.faults.map(({ kind }) => kind))).toEqual(
      new Set([...Object.keys(engineDoes), 'latency', 'bandwidth', 'connectionReset']),
    )

    for (const fault of plan.faults) {
      if (fault.target.kind !== 'component') continue
      const { injected, removed } = engineDoes[fault.kind] ?? { injected: '', removed: '' }
      const [instance = ''] = fault.target.instances
      const of = <T extends RunEvent['type']>(type: T) =>
        events.find((event): event is Of<T> => event.type === type && 'fault' in event && event.fault === fault.id)
      /** The engine did it after it was told to, and before a probe had proven it. */
      const didIt = (action: string, fromMs = Number.NaN, toMs = Number.NaN): boolean =>
        facts.some((fact) => fact.instance === instance && fact.action === action && isWithin(fact.atMs, fromMs, toMs))
      expect({
        fault: fault.label,
        injected: didIt(injected, of('fault.injected')?.calledAtMs, of('fault.active')?.atMs),
        removed: removed === null || didIt(removed, of('fault.removed')?.calledAtMs, of('fault.provenRemoved')?.atMs),
      }).toEqual({ fault: fault.label, injected: true, removed: true })
    }
    // One that was killed is started again, by the engine's account too.
    const died = facts.find(({ instance, action }) => instance === 'worker-1' && action === 'die')
    const started = facts.filter(({ instance, action }) => instance === 'worker-1' && action === 'start')
    expect(started.some(({ atMs }) => atMs > (died?.atMs ?? Number.NaN))).toBe(true)
    expect(leftOf(`${id}:${run.child.pid}`, [])).toEqual([])
  })
})
