// Steps of a runbook in a real run: one whose effect ends by itself, and one whose undo starts a service.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isSameProcess, processStat, signalProcess } from '../../chaos/drivers/proc.ts'
import { p95Below, resilience } from './planted/objectives.ts'
import { type PlantedResult, runPlanted } from './planted/run.ts'

const dir = mkdtempSync(join(tmpdir(), 'holdfast-truth-commands-'))
const shell = (script: string) => ({ argv: ['sh', '-c', script], timeoutMs: 5_000 })
const effect = join(dir, 'effect')
const down = join(dir, 'down')
const pidFile = join(dir, 'service.pid')

let result: PlantedResult
beforeAll(async () => {
  const target = { kind: 'none' as const }
  result = await runPlanted({
    name: 'commands',
    scenarios: ['skewed'],
    warmUpMs: 1_000,
    steadyMs: 3_000,
    plants: { '/skewed': { latency: { kind: 'fixed', ms: 5 } } },
    faults: [
      {
        kind: 'command',
        oneShot: false,
        target,
        atMs: 4_000,
        holdMs: 6_000,
        injections: [
          {
            driver: 'command',
            inject: shell(`touch ${effect}; (sleep 2; rm -f ${effect}) >/dev/null 2>&1 &`),
            probe: shell(`test -e ${effect}`),
            undo: shell(`rm -f ${effect}`),
          },
        ],
      },
      {
        kind: 'command',
        oneShot: false,
        target,
        atMs: 11_000,
        holdMs: 2_000,
        injections: [
          {
            driver: 'command',
            inject: shell(`touch ${down}`),
            probe: shell(`test -e ${down}`),
            // Its output is that of the undo, as a script has it whose author thinks of nothing else.
            undo: shell(`rm -f ${down}; test -e ${pidFile} || { setsid sleep 600 & echo $! > ${pidFile}; }`),
          },
        ],
      },
    ],
    recovery: { ms: 4_000, stableForMs: 2_000 },
    objectives: [p95Below('GET /skewed', 485), resilience('recoveryTime', 5_000, 'ms')],
  })
})

const servicePid = () => (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0)
afterAll(() => {
  const stat = processStat(servicePid())
  if (stat && isSameProcess(stat.pid, stat.startTicks)) signalProcess(stat.pid, 'SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

test('an effect that ended after 2 of its 6 s makes the run invalid, between the looks around its end', () => {
  const [fault] = result.verdict.faults
  expect(result.verdict.result).toBe('invalid')
  expect(result.verdict.sentence).toMatch(/ended \d\.\d\.\.\d\.\d s after its injection, before its 6\.0 s were over/)
  const told = result.events.find((event) => event.type === 'fault.notActive')
  const injectedAtMs = fault?.activeAtMs ?? Number.NaN
  expect((told?.lastSeenAtMs ?? 0) - injectedAtMs).toBeLessThan(2_500)
  expect((told?.goneAtMs ?? 0) - injectedAtMs).toBeGreaterThan(1_900)
  expect(result.charts.faultBands[0]?.endS).toBeLessThan(6.5)
})

test('a service that an undo has started lives on when the run is over', () => {
  expect(result.verdict.faults[1]).toMatchObject({ confirmedActive: true, confirmedRemoved: true })
  expect(processStat(servicePid())).not.toBeNull()
})
