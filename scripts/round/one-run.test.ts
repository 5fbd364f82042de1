import { expect, it } from 'vitest'
import { tookTooLong, withoutRecord } from './one-run.ts'

const end = { code: null, signal: null, stdout: '', stderr: '', tookTooLong: false }

it('a run that printed no verdict is told in its last words, or by how it ended', () => {
  const words = 'step 1\n✕ no free port\n  hint\n'
  expect(withoutRecord({ ...end, code: 2, stderr: words })).toEqual({ exitCode: 2, explanation: 'no free port' })
  expect(withoutRecord({ ...end, code: 0 }).exitCode).toBe(3)
  expect(withoutRecord({ ...end, code: 130 }).exitCode).toBe(130)
  expect(withoutRecord({ ...end, signal: 'SIGSEGV' })).toEqual({
    exitCode: 3,
    explanation: 'It ended with SIGSEGV and said nothing.',
  })
})

it('one that took too long cannot tell: nobody has interrupted it', () => {
  const explanation = expect.stringMatching(/^Took far too long and was ended\. /)
  expect(withoutRecord({ ...end, code: 130, tookTooLong: true })).toEqual({ exitCode: 3, explanation })
  expect(withoutRecord({ ...end, signal: 'SIGKILL', tookTooLong: true })).toEqual({ exitCode: 3, explanation })
  expect(tookTooLong({ exitCode: 130, explanation: 'The run was interrupted.' })).toEqual({ exitCode: 3, explanation })
  // What a fault has left behind is no less serious.
  expect(tookTooLong({ exitCode: 5, explanation: '' }).exitCode).toBe(5)
})
