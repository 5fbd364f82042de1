// A short version of `npm run truth:random`: a few plants of every kind, always the same ones, so that a change which makes
// one wrong is found by the change that made it. New seeds are for the command.
import { describe, expect, test } from 'vitest'
import type { MadeKindName } from './random/kinds/index.ts'
import { madeKinds } from './random/kinds/index.ts'
import { playMade } from './random/play.ts'
import { findingText, isWrong, missesTooOften, tallies } from './random/tally.ts'

const seed = 1
const plantsOfAKind = 6

const kinds = Object.keys(madeKinds) as MadeKindName[]

describe('plants of seed 1', () => {
  test.each(kinds)('%s: the verdict is what was planted, with its trouble and without', async (kind) => {
    const findings = []
    for (let index = 0; index < plantsOfAKind; index++) findings.push(...(await playMade(seed, kind, index)))
    expect(findings).toHaveLength(2 * plantsOfAKind)
    expect(findings.filter(isWrong).map((finding) => findingText(finding, seed))).toEqual([])
    expect(tallies(findings).filter(missesTooOften)).toEqual([])
  })
})
