import { expect, test } from 'vitest'
import { UndoStack } from './undo.ts'

const recorder = (budgetMs = 1_000) => {
  const undo = new UndoStack(budgetMs)
  const done: string[] = []
  const failures: string[] = []
  undo.onFailure = (name, reason) => failures.push(`${name}: ${reason}`)
  const push = (name: string) => undo.push(name, async () => void done.push(name))
  return { undo, done, failures, push }
}

test('an entry that throws, at once or later, keeps no other from running', async () => {
  const { undo, done, failures, push } = recorder()
  push('first')
  undo.push('throws', () => {
    throw new Error('at once')
  })
  undo.push('rejects', async () => Promise.reject(new Error('later')))
  push('last')
  await undo.all()
  expect(done).toEqual(['last', 'first'])
  expect(failures).toEqual(['rejects: later', 'throws: at once'])
})

test('an entry that hangs is given up after its budget, and the others run', async () => {
  const { undo, done, failures, push } = recorder(5)
  push('first')
  undo.push('hangs', () => new Promise(() => {}))
  await undo.all()
  expect(done).toEqual(['first'])
  expect(failures).toEqual(['hangs: took longer than 5 ms'])
})

test('an entry that needs longer than the budget has its own time', async () => {
  const { undo, failures } = recorder(5)
  undo.push('slow', () => new Promise((done) => setTimeout(done, 20)), { leastMs: 60_000 })
  const own: string[] = []
  undo.push('hangs', () => new Promise(() => {}), { leastMs: 1, onFailure: (reason) => own.push(reason) })
  await undo.all()
  expect(failures).toEqual(['hangs: took longer than 5 ms'])
  expect(own).toEqual(['took longer than 5 ms'])
})

test('the last registered goes first, and each goes once', async () => {
  const { undo, done, push } = recorder()
  push('a')
  const undoB = push('b')
  push('c')
  await undoB()
  await undoB()
  expect(done).toEqual(['b'])
  await undo.all()
  await undo.all()
  await undoB()
  expect(done).toEqual(['b', 'c', 'a'])
})

test('what is registered while things are undone is undone, too', async () => {
  const { undo, done, push } = recorder()
  undo.push('registers', async () => void push('late'))
  await undo.all()
  expect(done).toEqual(['late'])
})

test('all() waits for an entry that is being undone already', async () => {
  const { undo, done, push } = recorder()
  push('below')
  const gate = Promise.withResolvers<void>()
  const removeNow = undo.push('slow', async () => {
    await gate.promise
    done.push('slow')
  })
  const removing = removeNow()
  const all = undo.all()
  gate.resolve()
  await all
  expect(done).toEqual(['slow', 'below'])
  await removing
})
