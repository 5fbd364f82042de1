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
    (text) => text,
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
  const listener = shielded(
    {},
    (text) => text,
    () => expect.unreachable(),
  )
  listener.onPhase?.('steady', 1)
  listener.onFault?.({ id: 'f1', label: '', oneShot: false }, 'active', '')
})

test('no method hears a secret', () => {
  const heard: string[] = []
  const hear = (...all: unknown[]) => heard.push(all.filter((each) => typeof each === 'string').join(' '))
  const listener = shielded(
    { onStep: hear, onFault: hear, onWarning: hear },
    (text) => text.replaceAll('hunter2', '***'),
    () => expect.unreachable(),
  )
  listener.onStep?.('system', 'at hunter2')
  listener.onFault?.({ id: 'f1', label: 'L', oneShot: false }, 'active', 'probe said hunter2')
  listener.onWarning?.('guard tripped: hunter2')
  expect(heard).toEqual(['system at ***', 'active probe said ***', 'guard tripped: ***'])
})
