import type { Random } from './wander.ts'
import { gaussian } from './wander.ts'

/** Slots of a tenth of a second: spells of one second have edges inside seconds. */
export const slotsPerSecond = 10

/**
 * How bad requests come: the chance of being bad in each slot of a run of so many seconds, drawn once per run.
 * @param share the true share of bad requests
 * @param scale seconds: mean length of a spell, a period, a correlation time, or the longest burst
 */
type Law = (seconds: number, share: number, scale: number, random: Random) => Float64Array

/** A law, and after how many seconds its requests are as good as independent (what a twentieth of the run is compared with). */
export interface KnownLaw {
  law: Law
  /** Takes no scale. */
  plain?: true
  dependenceSeconds: (scale: number, share: number) => number
}

const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random())

const slots = (seconds: number): Float64Array => new Float64Array(seconds * slotsPerSecond)

/** Sets the slots from one time to another. */
const paint = (chances: Float64Array, fromS: number, toS: number, chance: number): void => {
  const at = (s: number) => Math.min(chances.length, Math.max(0, Math.round(s * slotsPerSecond)))
  chances.fill(chance, at(fromS), at(toS))
}

/** Markov's two states, with exponential spells of the same mean; each has its multiple of the share. */
const twoStates =
  (low: number, high: number): Law =>
  (seconds, share, scale, random) => {
    const chances = slots(seconds)
    let isHigh = random() < 0.5
    for (let at = 0; at < seconds; isHigh = !isHigh) {
      const length = exponential(random, scale)
      paint(chances, at, at + length, (isHigh ? high : low) * share)
      at += length
    }
    return chances
  }

/** All requests of a spell are bad, none between them: the gaps are as long as the share asks for. */
const outages: Law = (seconds, share, scale, random) => {
  const chances = slots(seconds)
  let isOut = random() < share
  for (let at = 0; at < seconds; isOut = !isOut) {
    const length = exponential(random, isOut ? scale : (scale * (1 - share)) / share)
    if (isOut) paint(chances, at, at + length, 1)
    at += length
  }
  return chances
}

/** The logarithm of the chance is an AR(1) series; it spreads by half. */
const autoregressive: Law = (seconds, share, scale, random) => {
  const chances = slots(seconds)
  const [spread, memory] = [0.5, Math.exp(-1 / scale)]
  let state = gaussian(random)
  for (let at = 0; at < seconds; at++) {
    paint(chances, at, at + 1, Math.min(1, share * Math.exp(spread * state - spread ** 2 / 2)))
    state = memory * state + Math.sqrt(1 - memory ** 2) * gaussian(random)
  }
  return chances
}

/** Each period begins with a stall; the first begins anywhere. */
const stalls: Law = (seconds, share, scale, random) => {
  const chances = slots(seconds)
  const stall = share * scale
  for (let at = -random() * scale; at < seconds; at += scale) {
    for (let slot = Math.floor(at * slotsPerSecond); slot <= (at + stall) * slotsPerSecond; slot++) {
      const covered = Math.min(at + stall, (slot + 1) / slotsPerSecond) - Math.max(at, slot / slotsPerSecond)
      if (slot >= 0 && slot < chances.length)
        chances[slot] = Math.min(1, (chances[slot] ?? 0) + covered * slotsPerSecond)
    }
  }
  return chances
}

/** Half of the share at the beginning, one and a half at the end. */
const drift: Law = (seconds, share) => slots(seconds).map((_, slot, { length }) => share * (0.5 + slot / length))

/** Half of the requests of a burst are bad; lengths by Pareto's law (exponent 1.5) from 0.1 s to the scale. */
const bursts: Law = (seconds, share, scale, random) => {
  const chances = slots(seconds)
  const [exponent, shortest, bad] = [1.5, 0.1, 0.5]
  const cut = 1 - (shortest / scale) ** exponent
  const mean = ((exponent / (exponent - 1)) * (shortest - scale * (shortest / scale) ** exponent)) / cut
  const gap = mean / -Math.log(1 - Math.min(0.999, share / bad))
  for (let at = -scale + exponential(random, gap); at < seconds; at += exponential(random, gap)) {
    paint(chances, at, at + shortest / (1 - random() * cut) ** (1 / exponent), bad)
  }
  return chances
}

const scaleItself = (scale: number): number => scale

export const laws = {
  independent: { law: (seconds, share) => slots(seconds).fill(share), plain: true, dependenceSeconds: () => 0 },
  'spells 0.6 and 1.4': { law: twoStates(0.6, 1.4), dependenceSeconds: scaleItself },
  'spells 0 and 2': { law: twoStates(0, 2), dependenceSeconds: scaleItself },
  // The gaps are spells, too, and much longer.
  outages: { law: outages, dependenceSeconds: (scale, share) => scale / share },
  'AR(1)': { law: autoregressive, dependenceSeconds: scaleItself },
  'periodic stalls': { law: stalls, dependenceSeconds: scaleItself },
  drift: { law: drift, plain: true, dependenceSeconds: () => 0 },
  bursts: { law: bursts, dependenceSeconds: scaleItself },
} as const satisfies Record<string, KnownLaw>

export type LawName = keyof typeof laws

/** Requests and bad ones of each second. */
export interface Drawn {
  n: number
  bad: Uint16Array
}

/** One run: each request is bad by the chance of its slot. */
export const drawRun = (
  { law }: KnownLaw,
  run: { seconds: number; perSecond: number; share: number; scale: number },
  random: Random,
): Drawn => {
  const chances = law(run.seconds, run.share, run.scale, random)
  const bad = new Uint16Array(run.seconds)
  const perSlot = run.perSecond / slotsPerSecond
  for (let slot = 0; slot < chances.length; slot++) {
    const second = Math.floor(slot / slotsPerSecond)
    bad[second] = (bad[second] ?? 0) + binomial(perSlot, chances[slot] ?? 0, random)
  }
  return { n: run.perSecond, bad }
}

/** By inversion. */
const binomial = (n: number, p: number, random: Random): number => {
  if (p <= 0) return 0
  if (p >= 1) return n
  const odds = p / (1 - p)
  let mass = (1 - p) ** n
  let rest = random()
  let k = 0
  for (; rest > mass && k < n; k++) {
    rest -= mass
    mass *= (odds * (n - k)) / (k + 1)
  }
  return k
}
