// The real runs of `npm run truth:random`, one of each kind: always the same ones.
import { describe, test } from 'vitest'
import { type LiveKindName, liveKinds } from './random/live/kinds.ts'
import { playLive } from './random/live/play.ts'
import { findingText, isWrong } from './random/tally.ts'

const seed = 1

const kinds = Object.keys(liveKinds) as LiveKindName[]

describe('real runs of seed 1', { concurrent: true }, () => {
  // Without their troubles the runs of most kinds are alike: some of them are enough.
  const plants = kinds.flatMap((kind, at) => [
    [kind, 'trouble'] as const,
    ...(at % 3 === 0 ? [[kind, 'healthy'] as const] : []),
  ])
  test.for(plants)('%s, %s: the verdict is what was planted', async ([kind, side], { expect }) => {
    const finding = await playLive(seed, kind, 0, side)
    expect([finding].filter(isWrong).map((wrong) => findingText(wrong, seed))).toEqual([])
  })
})
