import type { Verdict } from '../../../model/verdict.ts'
import type { Truth } from './plant.ts'

/** What a verdict says of one plant, against what was planted. */
export interface Finding {
  kind: string
  index: number
  side: 'trouble' | 'healthy'
  words: string
  said: string
  /** What contradicts the truth, in words. */
  falsePass: boolean
  falseFail: boolean
  /** The verdict leaves open what was planted. */
  undecided: boolean
  wrongFigures: string[]
  /** Of each stated interval, whether it holds the planted value. */
  intervals: boolean[]
  /** Share of them that may miss. */
  missesAllowed: number
}

/** Of stated 95 % intervals so many miss. */
const usualMisses = 0.05

/** Compares a verdict with the truth of its plant. */
export const assess = (
  plant: Pick<Finding, 'kind' | 'index' | 'side' | 'words'>,
  truth: Truth,
  verdict: Verdict,
): Finding => {
  const { result, exitCode } = verdict
  const mustPass = truth.must === 'pass' && result !== 'pass'
  return {
    ...plant,
    said: `${result} (exit code ${exitCode}): ${verdict.sentence}`,
    falsePass: truth.never.includes('pass') && (result === 'pass' || exitCode === 0),
    falseFail: (truth.never.includes(result) && result !== 'pass') || mustPass,
    undecided: result === 'inconclusive' || result === 'invalid',
    wrongFigures: truth.wrongFigures?.(verdict) ?? [],
    intervals: truth.intervals?.(verdict) ?? [],
    missesAllowed: truth.missesAllowed ?? usualMisses,
  }
}

/** Of a plan or a record that was refused by name: right for some troubles, and wrong for everything else. */
export const refused = (
  it: Pick<Finding, 'kind' | 'index' | 'side' | 'words'>,
  error: Error,
  isMeant: boolean,
): Finding => ({
  ...it,
  said: `refused: ${error.message}`,
  falsePass: false,
  falseFail: !isMeant,
  undecided: false,
  wrongFigures: [],
  intervals: [],
  missesAllowed: usualMisses,
})
