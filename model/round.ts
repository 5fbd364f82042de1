import type { ExitCode } from './exit-codes.ts'
import type { Provenance } from './plan.ts'
import type { RunResult } from './verdict.ts'

export const roundSchemaVersion = 1

/** `gamedays`: every game day of healthy stand-ins, once. `weaknesses`: every weakness in the game day that catches it. */
export type RoundKind = 'gamedays' | 'weaknesses'

/**
 * How a run of a round stands. `good`: it passed, or the weakness was caught; `bad`: it failed, or the
 * weakness was not caught; `unclear`: it can't tell, or there was no verdict.
 */
export type Standing = 'good' | 'bad' | 'unclear'

/** One run of a round. */
export interface RoundRun {
  gameDay: string
  title: string
  system: string
  /** The weakness that was switched on, and the objective that is meant to fail; null in a round of game days. */
  weakness: { name: string; does: string; objective: string } | null
  standing: Standing
  /** Its verdict; null where there is none. */
  result: RunResult | null
  exitCode: ExitCode
  /** The verdict explained in one line. */
  explanation: string
  /** Of the required objectives; null without a verdict. */
  objectives: { hold: number; notProven: number; of: number } | null
  faults: { confirmed: number; of: number } | null
  durationMs: number
  /** Folder of its record, relative to the round's; null where there is none. */
  record: string | null
  /** What it printed, relative to the round's folder. */
  log: string
}

/** Several game days in one go: `index.json`. */
export interface Round {
  schemaVersion: number
  kind: RoundKind
  id: string
  /** Unix ms. */
  startedAtMs: number
  durationMs: number
  ended: 'completed' | 'interrupted' | 'stopped'
  standing: Standing
  exitCode: ExitCode
  /** One sentence for someone who has ten seconds. */
  sentence: string
  runs: RoundRun[]
  /** Game days that are no part of it, or were not reached, and why. */
  notRun: { gameDay: string; reason: string }[]
  provenance: Provenance
}
