import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { gameDayPath } from './plan-game-day.ts'

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
