import { describe, expect, it } from 'vitest'
import type { RoundRun } from '../../model/round.ts'
import type { ObjectiveResult, Verdict } from '../../model/verdict.ts'
import { lostWrites, passed, verdictFixtures } from '../../test/fixtures/verdicts.ts'
import { judged, nameOf, summed } from './explain.ts'

const weakness = (objective: string) => ({ name: 'ack-before-store', does: 'acknowledges too early', objective })

/** A verdict in which one objective came out like this. */
const withObjective = (verdict: Verdict, changes: Partial<ObjectiveResult>): Verdict => ({
  ...verdict,
  objectives: verdict.objectives.map((each, i) => (i === 0 ? { ...each, id: 'meant', ...changes } : each)),
})

describe('a healthy run', () => {
  it.each([
    ['passed', 'good'],
    ['lostWrites', 'bad'],
    ['invalid', 'unclear'],
  ] as const)('%s is %s, in its own sentence', (name, standing) => {
    const { verdict } = verdictFixtures[name]
    const found = judged(verdict, null)
    expect(found).toMatchObject({ standing, result: verdict.result, exitCode: verdict.exitCode })
    expect(found.explanation).toBe(verdict.sentence)
  })

  it('counts what holds, and what of it is not proven', () => {
    const required = passed.verdict.objectives.filter(({ gate }) => gate === 'required')
    const { objectives, faults } = judged(passed.verdict, null)
    expect(objectives).toEqual({
      of: required.length,
      hold: required.length,
      notProven: required.filter(({ proven }) => !proven).length,
    })
    expect(faults).toEqual({ confirmed: passed.verdict.faults.length, of: passed.verdict.faults.length })
  })
})

describe('a weakness', () => {
  const { verdict } = lostWrites
  it('is caught when the objective that is meant to see it failed', () => {
    const found = judged(withObjective(verdict, { outcome: 'fail', gate: 'required' }), weakness('meant'))
    expect(found).toMatchObject({ standing: 'good', exitCode: 0, result: 'fail' })
    expect(found.explanation).toMatch(/^Caught: /)
  })

  it.each<[string, Verdict]>([
    ['passed', withObjective(verdict, { outcome: 'pass', gate: 'required' })],
    ['had no data', withObjective(verdict, { outcome: 'no-data', gate: 'required' })],
    ['failed and decides nothing', withObjective(verdict, { outcome: 'fail', gate: 'advisory' })],
    ['is not there', verdict],
  ])('is not caught when that objective %s, whatever else failed', (_, given) => {
    expect(judged(given, weakness('meant'))).toMatchObject({ standing: 'bad', exitCode: 1 })
  })

  it('is neither in a run that is not valid, was cut short, or left something', () => {
    const missed = withObjective(verdict, { outcome: 'pass', gate: 'required' })
    expect(judged({ ...missed, result: 'invalid', exitCode: 3 }, weakness('meant'))).toMatchObject({
      standing: 'unclear',
      exitCode: 3,
    })
    const seen = withObjective(verdict, { outcome: 'fail', gate: 'required' })
    for (const exitCode of [5, 130] as const) {
      expect(judged({ ...seen, exitCode }, weakness('meant'))).toMatchObject({ standing: 'unclear', exitCode })
    }
  })
})

describe('the round', () => {
  const run = (changes: Partial<RoundRun>): RoundRun => ({
    gameDay: 'todo/peak',
    title: 'Peak',
    system: 'Todo App',
    weakness: null,
    standing: 'good',
    result: 'pass',
    exitCode: 0,
    explanation: '',
    objectives: null,
    faults: null,
    durationMs: 1,
    record: null,
    log: '',
    ...changes,
  })
  const failing = run({ standing: 'bad', exitCode: 1 })
  const unknown = run({ gameDay: 'todo/smoke', standing: 'unclear', exitCode: 2 })

  it('passes when every run does', () => {
    expect(summed('gamedays', 'completed', [run({}), run({ system: 'NovaCron' })], 2)).toEqual({
      standing: 'good',
      exitCode: 0,
      sentence: 'All 2 game days of 2 systems passed.',
    })
  })

  it('names what failed and what cannot tell; the most serious exit code counts', () => {
    const { sentence, ...rest } = summed('gamedays', 'completed', [run({}), unknown, failing], 3)
    expect(rest).toEqual({ standing: 'bad', exitCode: 1 })
    expect(sentence).toBe('Of 3 game days of 1 system: 1 failed (todo/peak), 1 could not tell (todo/smoke).')
    const left = run({ standing: 'bad', exitCode: 5 })
    expect(summed('gamedays', 'stopped', [failing, left], 3)).toMatchObject({ standing: 'bad', exitCode: 5 })
  })

  it('never passes when it was cut short', () => {
    expect(summed('gamedays', 'interrupted', [run({})], 2)).toEqual({
      standing: 'unclear',
      exitCode: 130,
      sentence: 'Interrupted after 1 of 2 runs. 1 game day of 1 system passed.',
    })
    expect(summed('gamedays', 'completed', [], 2)).toMatchObject({ standing: 'unclear', exitCode: 3 })
  })

  it('speaks of weaknesses', () => {
    const caught = run({ weakness: weakness('o') })
    expect(nameOf(caught)).toBe('todo/peak with ack-before-store')
    expect(summed('weaknesses', 'completed', [caught, caught], 2).sentence).toBe(
      'All 2 weaknesses of 1 system caught, each by the objective that is meant to catch it.',
    )
  })
})
