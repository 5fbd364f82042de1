import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { gameDayPath, planGameDay } from './plan-game-day.ts'

it('a path counts from the working folder where it leads to a file; names stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-game-day-'))
  try {
    writeFileSync(join(folder, 'day.ts'), '')
    writeFileSync(join(folder, 'day'), '')
    expect(gameDayPath('day.ts', folder)).toBe(join(folder, 'day.ts'))
    expect(gameDayPath('./day.ts', folder)).toBe(join(folder, 'day.ts'))
    expect(gameDayPath(join(folder, 'day.ts'), '/')).toBe(join(folder, 'day.ts'))
    expect(gameDayPath('gone.ts', folder)).toBe('gone.ts')
    expect(gameDayPath('day', folder)).toBe('day')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it.each([
  ['https://me:secret@shop-prod.example.com', 'the base URL "shop-prod.example.com" looks like production'],
  ['https://gateway.example.com/prod/', 'the base URL "gateway.example.com/prod" looks like production'],
])('a base URL that looks like production is refused: %s', async (baseUrl, message) => {
  const options = { env: 'external' as const, baseUrl, weakness: [], baseline: [] }
  await expect(planGameDay('batchsender/smoke', options, () => '')).rejects.toThrow(message)
})
