import { expect, test } from 'vitest'
import { shielded } from './listener.ts'

test('a listener that throws is told once, and hears no more', () => {
  const failures: unknown[] = []
  const heard: string[] = []
  const listener = shielded(
    {
      onWarning: (message) => heard.push(message),
      onStep: () => {
        throw new Error('EPIPE')
      },
    },
    (error) => failures.push(error),
  )
  listener.onWarning?.('one')
  listener.onStep?.('a', 'b')
  listener.onStep?.('a', 'b')
  listener.onWarning?.('two')
  expect(heard).toEqual(['one'])
  expect(failures).toEqual([new Error('EPIPE')])
})

test('methods that a listener lacks are none', () => {
  const listener = shielded({}, () => expect.unreachable())
  listener.onPhase?.('steady', 1)
  listener.onFault?.({ id: 'f1', label: '', oneShot: false }, 'active', '')
})
