import { expect, test } from 'vitest'
import type { Verdict } from '../model/verdict.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { abortNotification, startNotification, verdictNotification } from './notification.ts'

const objective = (title: string, outcome: string, gate = 'required') =>
  ({ title, outcome, gate, proven: true, reason: `why ${title}` }) as Verdict['objectives'][number]

const verdict = (changes: Partial<Verdict>): Verdict =>
  ({ result: 'pass', exitCode: 0, sentence: 'All hold.', objectives: [], faults: [], ...changes }) as Verdict

test('the start says what, where, how much and how long', () => {
  const { text } = startNotification(demoPlan)
  expect(text).toContain(demoPlan.title)
  expect(text).toContain(`${demoPlan.faults.length} faults`)
  expect(text).toContain(demoPlan.environment)
  expect(text).toContain(demoPlan.runId)
})

test.each([
  ['guard', 'stopped by a guard'],
  ['interrupted', 'interrupted'],
  ['crashed', 'broken off by an error'],
] as const)('an end by %s says so', (reason, words) => {
  expect(abortNotification(demoPlan, reason).text).toContain(words)
})

test('the verdict names what is required and did not pass, and nothing else', () => {
  const objectives = [
    objective('latency', 'fail'),
    objective('errors', 'pass'),
    objective('memory', 'no-data'),
    objective('queue', 'fail', 'advisory'),
  ]
  const { text } = verdictNotification(demoPlan, verdict({ result: 'fail', exitCode: 1, objectives }))
  expect(text).toContain('*FAIL*')
  expect(text).toContain('• latency: why latency')
  expect(text).toContain('• memory: why memory')
  expect(text).not.toContain('errors')
  expect(text).not.toContain('queue')
  expect(text).toContain('exit code 1')
})

test('many failures are cut, and the number of the rest is told', () => {
  const objectives = Array.from({ length: 8 }, (_, i) => objective(`objective ${i}`, 'fail'))
  const { text } = verdictNotification(demoPlan, verdict({ result: 'fail', objectives }))
  expect(text.split('\n').filter((line) => line.startsWith('• '))).toHaveLength(6)
  expect(text).toContain('and 3 more')
})

test('a fault that may be left comes first, with the commands to check by', () => {
  const fault = {
    id: 'f1',
    label: 'partition',
    oneShot: false,
    confirmedRemoved: false,
    activeAtMs: 1,
    checkBy: ['curl x'],
  } as Verdict['faults'][number]
  expect(verdictNotification(demoPlan, verdict({ exitCode: 5, faults: [fault] })).text.split('\n')[1]).toMatch(
    /may still be there: .*partition; check with: curl x/,
  )
})

test('foreign text cannot mention people or make links', () => {
  const { text } = verdictNotification(demoPlan, verdict({ sentence: '<!channel> & <https://evil|here>' }))
  expect(text).toContain('&lt;!channel&gt; &amp; &lt;https://evil|here&gt;')
})
