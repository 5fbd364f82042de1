import { expect, test } from 'vitest'
import { pieces } from './audit.ts'

test('pieces fit into an address and lose nothing', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `run-2026-11-21-sustained-${i}`)
  const cut = [...pieces(ids)]
  expect(cut.flat()).toEqual(ids)
  for (const piece of cut) expect(piece.join().length).toBeLessThanOrEqual(6000)
  expect([...pieces([])]).toEqual([])
})
