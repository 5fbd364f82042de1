import { describe, expect, it } from 'vitest'
import { assess } from './assess.ts'
import { drawFor } from './draw.ts'
import { notTheSystems, sound, type Truth, troubled } from './plant.ts'
import { judgeMade } from './play.ts'
import { drawScene } from './scene.ts'
import { isSound, missesTooOften, tallies } from './tally.ts'

const plant = { kind: 'made', index: 0, side: 'trouble', words: 'nothing' } as const
const { spec } = drawScene(drawFor(1, 'made', 0))
const verdict = await judgeMade({ words: '', spec, truth: sound() })
const said = (result: typeof verdict.result, truth: Truth) =>
  assess(plant, truth, { ...verdict, result, exitCode: result === 'pass' ? 0 : 3 })

describe('a verdict against what was planted', () => {
  it('calls a pass of a trouble a false pass, and no other result', () => {
    expect(said('pass', troubled())).toMatchObject({ falsePass: true, falseFail: false })
    expect(said('inconclusive', troubled())).toMatchObject({ falsePass: false, falseFail: false, undecided: true })
    expect(said('fail', troubled())).toMatchObject({ falsePass: false, falseFail: false, undecided: false })
  })

  it('calls blame for a trouble that is not the system’s a false fail', () => {
    expect(said('fail', notTheSystems())).toMatchObject({ falsePass: false, falseFail: true })
    expect(said('invalid', notTheSystems())).toMatchObject({ falsePass: false, falseFail: false })
  })

  it('calls everything but a pass a false fail where a healthy run measured enough', () => {
    expect(said('inconclusive', sound())).toMatchObject({ falseFail: false })
    expect(said('inconclusive', sound({ must: 'pass' }))).toMatchObject({ falseFail: true })
    expect(said('pass', sound({ must: 'pass' }))).toMatchObject({ falsePass: false, falseFail: false })
  })

  it('allows single intervals that miss, and not so many that they are no 95 % intervals', () => {
    const rows = (intervals: boolean[]) => tallies([said('fail', troubled({ intervals: () => intervals }))])
    const twenty = Array.from({ length: 20 }, () => true)
    expect(rows([...twenty, false]).map(missesTooOften)).toEqual([false])
    expect(rows([...twenty, false, false, false, false]).map(missesTooOften)).toEqual([true])
  })

  it('is not satisfied with a kind that has a wrong figure', () => {
    const rows = tallies([said('fail', troubled({ wrongFigures: () => ['3 lost writes instead of 4'] }))])
    expect(rows.map(isSound)).toEqual([false])
  })
})

describe('drawn parameters', () => {
  it('are the same for the same seed, kind and index, and others otherwise', () => {
    const spec = (seed: number, kind: string, index: number) => drawScene(drawFor(seed, kind, index)).spec
    expect(spec(7, 'partial', 3)).toEqual(spec(7, 'partial', 3))
    for (const other of [spec(8, 'partial', 3), spec(7, 'flapping', 3), spec(7, 'partial', 4)])
      expect(other).not.toEqual(spec(7, 'partial', 3))
  })
})
