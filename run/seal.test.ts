import { describe, expect, it } from 'vitest'
import { seal, sealFollower, unseal } from './seal.ts'

const lines = ['{"type":"a","n":1}', '{"type":"b","text":"},\\"seq\\":7"}', '{"type":"c"}'].map((json, i) =>
  seal(json, i + 1),
)
const troubles = (of: string[]) => {
  const follow = sealFollower()
  return of.map((line) => follow(unseal(line)))
}

describe('sealed lines', () => {
  it('are JSON, and give back what was sealed', () => {
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'a', n: 1, seq: 1 })
    expect(unseal(lines[1] ?? '')).toEqual({ json: '{"type":"b","text":"},\\"seq\\":7"}', seq: 2 })
    expect(troubles(lines)).toEqual([null, null, null])
  })

  it.each([
    ['missing', [0, 2], [null, 'is line 3: line 2 is missing']],
    ['missing at the start', [1, 2], ['is line 2: line 1 is missing', null]],
    ['doubled', [0, 1, 1], [null, null, 'is line 2 again']],
    ['in another order', [1, 0], ['is line 2: line 1 is missing', 'is line 1 again']],
  ])('that are %s are named', (_, order, expected) => {
    expect(troubles(order.map((at) => lines[at] ?? ''))).toEqual(expected)
  })

  it('that were changed in any character are named', () => {
    const [line = ''] = lines
    for (let at = 0; at < line.length; at++) {
      const changed = `${line.slice(0, at)}${line[at] === '5' ? '6' : '5'}${line.slice(at + 1)}`
      expect(troubles([changed, lines[1] ?? '']), changed).not.toEqual([null, null])
    }
  })

  it('stand in a file alone; a file without seals is as it was before there were any', () => {
    const plain = '{"type":"d"}'
    expect(troubles([...lines, plain]).at(-1)).toContain('has no number')
    expect(troubles([plain, lines[0] ?? '']).at(-1)).toContain('unlike the lines before it')
    expect(troubles([plain, plain])).toEqual([null, null])
  })
})
