/**
 * How often a lasting change is found where there is none, and missed where there is one: simulated runs of one SLI
 * through `findShift`.
 */
import { Sums } from '../../verdict/lasting/counts.ts'
import { findShift, scoreNeeded } from '../../verdict/lasting/shift.ts'
import { seededRandom } from '../../verdict/random.ts'
import { markdownTable } from './markdown.ts'
import type { Random } from './wander.ts'
import { gaussian } from './wander.ts'

/** Share of bad requests in each second. */
type Law = (random: Random, referenceS: number, seconds: number) => number[]

const constant =
  (share: number): Law =>
  (_, __, seconds) =>
    new Array(seconds).fill(share)

/** Two shares in turn, with a mean dwell. */
const spells =
  (low: number, high: number, dwellS: number): Law =>
  (random, _, seconds) => {
    let isHigh = random() < 0.5
    return Array.from({ length: seconds }, () => {
      if (random() < 1 / dwellS) isHigh = !isHigh
      return isHigh ? high : low
    })
  }

const stalls =
  (everyS: number, share: number): Law =>
  (random, _, seconds) => {
    const phase = Math.floor(random() * everyS)
    return Array.from({ length: seconds }, (__, at) => ((at + phase) % everyS === 0 ? share : 0.001))
  }

/** A share of 3 % whose logarithm wanders (AR(1), standard deviation 0.5). */
const wandering =
  (memory: number): Law =>
  (random, _, seconds) => {
    let x = gaussian(random)
    return Array.from({ length: seconds }, () => {
      x = memory * x + Math.sqrt(1 - memory ** 2) * gaussian(random)
      return Math.min(1, 0.03 * Math.exp(0.5 * x - 0.125))
    })
  }

/** A clean steady state, then another share for ever, from `lateS` after the fault on. */
const forever =
  (before: number, after: number, lateS = 0): Law =>
  (_, referenceS, seconds) =>
    Array.from({ length: seconds }, (__, at) => (at < referenceS + lateS ? before : after))

/** Half of the requests bad for 5 s after the fault, and then as before. */
const over: Law = (_, referenceS, seconds) =>
  Array.from({ length: seconds }, (__, at) => (at >= referenceS && at < referenceS + 5 ? 0.5 : 0.002))

const laws: Record<string, Law> = {
  'nothing: 0.1 %': constant(0.001),
  'nothing: 5 %': constant(0.05),
  'nothing: 30 %': constant(0.3),
  'spells of 3 s, 3 and 7 %': spells(0.03, 0.07, 3),
  'spells of 5 s, 3 and 7 %': spells(0.03, 0.07, 5),
  'spells of 15 s, 3 and 7 %': spells(0.03, 0.07, 15),
  'spells of 5 s, 0 and 10 %': spells(0, 0.1, 5),
  'AR(1) 0.8': wandering(0.8),
  'a stall of 0.7 s each 10 s': stalls(10, 0.7),
  'over after 5 s': over,
  '0 → 6 % for ever': forever(0, 0.06),
  '0 → 8 % for ever': forever(0, 0.08),
  '0 → 10 % for ever': forever(0, 0.1),
  '0 → 12 % for ever': forever(0, 0.12),
  '0.1 → 1 % for ever': forever(0.001, 0.01),
  '1 → 5 % from 10 s later on': forever(0.01, 0.05, 10),
}
/** Seconds of the steady state and after the fault, and requests per second. */
const cells = [
  [30, 30, 20],
  [30, 30, 100],
  [60, 60, 20],
  [60, 60, 100],
  [150, 150, 50],
  [300, 300, 50],
] as const
const stableS = 10
/** Two SLIs, each watched in the steady state and after one fault. */
const searches = 4

const draw = (random: Random, perSecond: number, shares: readonly number[]): Sums => {
  const count = (share: number): number => {
    let bad = 0
    for (let i = 0; i < perSecond; i++) if (random() < share) bad++
    return bad
  }
  return new Sums({ due: new Uint32Array(shares.length).fill(perSecond), bad: Uint32Array.from(shares, count) })
}

const afterFault = (referenceS: number, viewS: number) => ({
  reference: () => ({ from: 0, to: referenceS }),
  view: { from: referenceS, to: referenceS + viewS },
})

/** The later part of a run without faults against what came before it. */
const inSteadyState = (seconds: number) => ({
  reference: (from: number) => ({ from: 0, to: from }),
  view: { from: 5, to: seconds },
})

/** Share of the runs in which a lasting change is found. */
const foundRatio = (
  law: Law,
  [referenceS, viewS, perSecond]: (typeof cells)[number],
  runs: number,
  isSteady: boolean,
): number => {
  let found = 0
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(run * 7919 + perSecond)
    const sums = draw(random, perSecond, law(random, referenceS, referenceS + viewS))
    const shift = findShift(sums, {
      ...(isSteady ? inSteadyState(referenceS + viewS) : afterFault(referenceS, viewS)),
      allowed: 0.05,
      least: scoreNeeded(searches),
      stable: stableS,
    })
    if (shift) found++
  }
  return found / runs
}

/** The tables of docs/verdict.md: after a fault, and inside a steady state. */
export const lastingReport = (runs: number): string =>
  [false, true]
    .map((isSteady) =>
      markdownTable(
        [
          `found in % of ${runs} runs`,
          ...cells.map(([a, b, rate]) => `${isSteady ? a + b : `${a} + ${b}`} s, ${rate}/s`),
        ],
        Object.entries(laws).map(([name, law]) => [
          name,
          ...cells.map((cell) => `${Number((100 * foundRatio(law, cell, runs, isSteady)).toFixed(1))}`),
        ]),
      ),
    )
    .join('\n\n')
