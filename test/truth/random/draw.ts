import { seededRandom } from '../../../verdict/random.ts'

/** Parameters of plants, drawn from a seed: the same seed, kind and index give the same parameters. */
export interface Draw {
  /** Uniform in [from, to). */
  number: (from: number, to: number) => number
  /** Log-uniform in [from, to): as many small values as large ones. */
  scale: (from: number, to: number) => number
  /** A whole number, both ends included. */
  whole: (from: number, to: number) => number
  pick: <T>(items: readonly T[]) => T
  chance: (probability: number) => boolean
}

/** The parameters of plant `index` of a kind. */
export const drawFor = (seed: number, kind: string, index: number): Draw => {
  const random = seededRandom(hash(`${seed} ${kind} ${index}`))
  const number = (from: number, to: number) => from + random() * (to - from)
  return {
    number,
    scale: (from, to) => Math.exp(number(Math.log(from), Math.log(to))),
    whole: (from, to) => Math.floor(number(from, to + 1)),
    pick: (items) => items[Math.floor(random() * items.length)] as (typeof items)[number],
    chance: (probability) => random() < probability,
  }
}

/** FNV-1a: neighbouring indices get seeds that have nothing in common. */
const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
