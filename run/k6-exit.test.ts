import { expect, it } from 'vitest'
import { k6Failure } from './k6-exit.ts'

it.each([
  [108, 'test aborted: enough is known', 'the scenario aborted the test: enough is known'],
  [110, 'test marked as failed: it is wrong', 'the scenario marked the test as failed: it is wrong'],
  [
    107,
    'Error: setup fails\n\tat setup (file:///b.js:1:1)',
    /threw an exception outside of its iterations.*: Error: setup fails$/,
  ],
  [104, '', 'k6 refuses the options of the scenarios'],
  [109, '', 'k6 crashed'],
  [255, 'no such file', 'k6 ended with exit code 255: no such file'],
])('exit code %i is one sentence, with the reason that was given', (code, lastWords, text) => {
  const { message, exitCode } = k6Failure({ code, signal: null }, lastWords)
  expect(message).toMatch(text)
  expect(message).not.toContain('\n')
  expect(exitCode).toBe(3)
})

it('a signal is told by its name', () => {
  expect(k6Failure({ code: null, signal: 'SIGKILL' }, '').message).toBe('k6 ended with SIGKILL')
})
