import type { RunResult, Verdict } from '../../../model/verdict.ts'
import type { RecordLine } from '../../../model/window.ts'
import type { MadeRecord, RunSpec } from '../../fixtures/record.ts'
import type { Draw } from './draw.ts'

/** What the verdict of a plant may say, from what was planted. */
export interface Truth {
  /** Results that contradict it. `pass` in it: exit code 0 is a false pass. */
  never: RunResult[]
  /** Enough was measured for this result and no other; absent: any that is not in `never`. */
  must?: RunResult
  /** Figures that the verdict states and that contradict what was planted, in words; each counts. */
  wrongFigures?: (verdict: Verdict) => string[]
  /**
   * Whether each stated 95 % interval holds the planted value. Single misses are allowed; a larger share of a kind than
   * `missesAllowed` (5 % unless told), proven, is not.
   */
  intervals?: (verdict: Verdict) => boolean[]
  missesAllowed?: number
}

/** What is left of a made record. */
export interface Changed {
  events: MadeRecord['events']
  lines: RecordLine[]
}

/** A run made from a description. */
export interface MadePlant {
  /** What was planted, with its drawn parameters, for a reader of the failures. */
  words: string
  spec: RunSpec
  /** What becomes of the made record before it is judged, for troubles that no server makes. */
  change?: (record: MadeRecord) => Changed | Promise<Changed>
  truth: Truth
}

/** The same run with and without its trouble: a judge that never passes is found out by the second. */
export interface MadePair {
  trouble: MadePlant
  healthy: MadePlant
}

/** One kind of trouble. */
export interface MadeKind {
  title: string
  draw: (draw: Draw) => MadePair
}

/** Trouble that no verdict may call good. */
export const troubled = (more: Partial<Truth> = {}): Truth => ({ never: ['pass'], ...more })

/** Trouble that is nobody's failure: the harness's own, or that of the record. */
export const notTheSystems = (more: Partial<Truth> = {}): Truth => ({ never: ['pass', 'fail'], ...more })

/** No trouble: nobody is to blame. `must: 'pass'` where enough was measured. */
export const sound = (more: Partial<Truth> = {}): Truth => ({ never: ['fail', 'invalid'], ...more })
