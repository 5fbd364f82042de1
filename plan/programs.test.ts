import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Injection } from '../model/fault.ts'
import type { Guard } from '../model/gameday.ts'
import type { PlannedFault } from '../model/plan.ts'
import { refuseMissingPrograms } from './programs.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-programs-'))
  mkdirSync(join(dir, 'bin'))
  mkdirSync(join(dir, 'other'))
  write('ops/app.sh', '#!/bin/sh\n', 0o755) // a relative program, with its folder
  write('bin/tool', '#!/bin/sh\n', 0o755)
})
afterEach(() => rmSync(dir, { recursive: true }))

const write = (name: string, text: string, mode: number) => {
  const file = join(dir, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}

const line = (program: string) => ({ argv: [program, 'x'], timeoutMs: 1_000 })
const command = (inject: string, probe = 'tool', undo?: string): Injection => ({
  driver: 'command',
  inject: line(inject),
  probe: line(probe),
  ...(undo === undefined ? {} : { undo: line(undo) }),
})
const look = (injection: Injection, guards: Guard[] = []) => {
  const fault = { label: 'restart app', injections: [injection] } as unknown as PlannedFault
  const places = { workingDir: dir, path: `${join(dir, 'other')}:${join(dir, 'bin')}` }
  return () => refuseMissingPrograms({ faults: [fault], guards }, places, 'day.ts')
}

test.each([
  ['in PATH', 'tool'],
  ['relative to the working folder', './ops/app.sh'],
  ['relative, without a dot', 'ops/app.sh'],
  ['by its whole path', '/bin/sh'],
])('a program %s is found', (_, program) => {
  expect(look(command(program, program, program))).not.toThrow()
})

test('each step is looked at, and named', () => {
  expect(look(command('./nope.sh'))).toThrow('day.ts: restart app: inject: there is no program "./nope.sh"')
  expect(look(command('tool', 'nope'))).toThrow('day.ts: restart app: probe: there is no program "nope"')
  expect(look(command('tool', 'tool', 'app.sh'))).toThrow('day.ts: restart app: undo: there is no program "app.sh"')
  const mesh = { driver: 'chaos-mesh', namespace: 'x', kind: 'PodChaos', spec: {}, oneShot: false } as const
  expect(look({ ...mesh, probe: line('nope') })).toThrow('restart app: probe: there is no program "nope"')
  expect(look(mesh, [{ kind: 'command', argv: ['nope'], for: '1s' }])).toThrow('day.ts: guard: there is no program')
})

test('the hint says where it was looked for', () => {
  const hintOf = (program: string) => {
    try {
      look(command(program))()
    } catch (error) {
      return (error as { hint?: string }).hint
    }
    return undefined
  }
  expect(hintOf('./nope.sh')).toContain(`It counts from ${dir}.`)
  expect(hintOf('nope')).toContain('PATH')
})

test.each([
  ['is not a file', 'ops', 'directory'],
  ['is not executable', 'ops/plain.sh', 'mode'],
  ['needs the interpreter /no/such/python', 'ops/script', 'interpreter'],
])('one that %s is refused', (words, program) => {
  write('ops/plain.sh', '#!/bin/sh\n', 0o644)
  write('ops/script', '#!/no/such/python -u\n', 0o755)
  expect(look(command(`./${program}`))).toThrow(words)
})

test('one that is there and not executable is named before one that is nowhere else', () => {
  write('bin/half', '#!/bin/sh\n', 0o644)
  expect(look(command('half'))).toThrow('is not executable')
  write('other/half', '#!/bin/sh\n', 0o755)
  expect(look(command('half'))).not.toThrow()
})
