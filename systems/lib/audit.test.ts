import { expect, test } from 'vitest'
import { auditIds, pieces } from './audit.ts'
import { ResponseError } from './http-client.ts'

const ids = Array.from({ length: 1000 }, (_, i) => `run-2026-11-21-sustained-${i}`)

async function* inPieces(...lists: string[][]) {
  yield* lists
}

test.each([
  ['plain ids', ids],
  ['ids that grow when they are encoded', ids.map((id) => id.replaceAll('-', 'ä'))],
])('pieces of %s fit into an address and lose nothing', (_, list) => {
  const cut = [...pieces(list)]
  expect(cut.flat()).toEqual(list)
  for (const piece of cut) expect(piece.map(encodeURIComponent).join().length).toBeLessThanOrEqual(1_800)
  expect([...pieces([])]).toEqual([])
})

test('an answer in pages is asked for again until it brings nothing more', async () => {
  const gone = new Set([ids[3], ids[500]])
  const audit = auditIds(
    { acknowledged: inPieces(ids) },
    { find: async (asked) => asked.filter((id) => !gone.has(id)).slice(0, 7) },
  )
  expect(await audit).toEqual({ lost: [ids[3], ids[500]], checked: 1000, duplicates: null })
})

test('an address that is too long for the server is cut into halves, down to one id', async () => {
  const longest: number[] = []
  const audit = (most: number, status: number) =>
    auditIds(
      { acknowledged: inPieces(ids.slice(0, 100)) },
      {
        find: async (asked) => {
          if (asked.join().length > most) throw new ResponseError('http://x/writes', status)
          longest.push(asked.join().length)
          return asked
        },
      },
    )
  expect(await audit(300, 414)).toEqual({ lost: [], checked: 100, duplicates: null })
  expect(Math.max(...longest)).toBeLessThanOrEqual(300)
  expect(await audit(300, 431)).toMatchObject({ lost: [] })
  await expect(audit(5, 414)).rejects.toThrow('http://x/writes answered 414')
  await expect(audit(300, 400)).rejects.toThrow('answered 400')
})

test('what nobody asked for is not found for another, and an id that is there twice is a duplicate', async () => {
  const audit = (answer: string[], counted?: number) =>
    auditIds(
      { acknowledged: inPieces(['a', 'b']) },
      { find: async () => answer, ...(counted === undefined ? {} : { countDuplicates: async () => counted }) },
    )
  expect(await audit(['a', 'x', 'x', 'y'])).toEqual({ lost: ['b'], checked: 2, duplicates: null })
  expect(await audit(['a', 'b', 'b'])).toEqual({ lost: [], checked: 2, duplicates: 1 })
  expect(await audit(['a', 'a', 'b', 'b'], 0)).toMatchObject({ duplicates: 2 })
  expect(await audit(['a', 'b'], 5)).toMatchObject({ duplicates: 5 })
})
