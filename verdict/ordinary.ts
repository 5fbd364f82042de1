import type { Episode } from './episodes.ts'
import { lengthOf } from './episodes.ts'
import { upperTail } from './special.ts'

/** The steady state: its own episodes, and how long it was watched. */
export interface Reference {
  episodes: readonly Episode[]
  watchedMs: number
}

export interface View {
  /** From the injection on, in order of time: those that broke the objective for certain, and those that may have. */
  proven: readonly Episode[]
  suspected: readonly Episode[]
  fromMs: number
  toMs: number
  /** Edges of the fault: what follows one of them directly needs no other explanation. */
  edgesMs: readonly number[]
  /** After it the fault has no reason of its own to go on. */
  overMs: number
}

/** `fault`: charged to it. `usual`: as in the steady state. `unclear`: the steady state does not tell which. */
export type Cause = 'fault' | 'usual' | 'unclear'

/** Up to this factor an episode resembles the longest of the steady state. */
const alike = 1.5
/** Up to this factor it may be one of the same kind where the steady state has shown only a few. */
const perhapsAlike = 3
const fewEpisodes = 5
/** Below this chance so many episodes are no accident; below `doubtful` they may be none. */
const unlikely = 1e-3
const doubtful = 0.05

/**
 * Which episodes after an injection are the fault's. A system that stalls now and then before the fault stalls after it, too:
 * episodes that are no longer, no heavier and no more frequent than those of the steady state are not charged. One that
 * begins right at an edge of the fault may be either.
 */
export const causesOf = (reference: Reference, view: View): { episodes: Episode[]; causes: Cause[] } => {
  const episodes = [...view.proven, ...view.suspected].sort((a, b) => a.start.lowMs - b.start.lowMs)
  const lonely = episodes.filter((_, at) => isLonely(reference, view, episodes, at))
  const causes = episodes.map((episode): Cause => {
    const kind = kindOf(reference.episodes, episode)
    if (kind === 'usual' && coincides(reference, view, episode)) return 'unclear'
    if (kind !== 'fault') return kind
    const isOpenQuestion =
      view.suspected.includes(episode) ||
      lonely.includes(episode) ||
      isCutOff(view, episode) ||
      (!followsEdge(reference, view, episode) && kindOf(lonely, episode) === 'usual')
    return isOpenQuestion ? 'unclear' : 'fault'
  })
  const similar = episodes.filter((_, at) => causes[at] === 'usual')
  const tooMany = frequency(reference, view, similar)
  for (const episode of similar.slice(0, tooMany.count)) causes[episodes.indexOf(episode)] = tooMany.cause
  return { episodes, causes }
}

/** Requests that were in flight when the load or the record ended have no answer, whatever it would have been. */
const inFlightMs = 2000

const isCutOff = ({ toMs }: View, { isOpen, start }: Episode): boolean => isOpen && toMs - start.lowMs < inFlightMs

/** By its length and weight alone. */
const kindOf = (episodes: readonly Episode[], episode: Episode): Cause => {
  if (episodes.length === 0 || episode.isOpen) return 'fault'
  const longestMs = Math.max(...episodes.map((other) => lengthOf(other).highMs ?? lengthOf(other).lowMs))
  const heaviest = Math.max(...episodes.map(({ score }) => score))
  const factor = Math.max(lengthOf(episode).lowMs / Math.max(1, longestMs), episode.score / heaviest)
  if (factor <= alike) return 'usual'
  return factor <= perhapsAlike && episodes.length < fewEpisodes ? 'unclear' : 'fault'
}

/**
 * After the fault is over, and after a longer good time than the whole steady state: whether such an episode comes
 * by itself the steady state was too short to show.
 */
const isLonely = (
  reference: Reference,
  { edgesMs, overMs }: View,
  episodes: readonly Episode[],
  at: number,
): boolean => {
  const episode = episodes[at]
  if (!episode || episode.start.lowMs <= overMs) return false
  const before = [...edgesMs, ...episodes.slice(0, at).flatMap(({ end }) => end.highMs ?? [])]
  const lastMs = Math.max(...before.filter((ms) => ms <= episode.start.lowMs))
  return episode.start.lowMs - lastMs > reference.watchedMs
}

/** So soon after an edge of the fault that chance would seldom put an episode there that comes by itself. */
const followsEdge = ({ watchedMs }: Reference, { edgesMs }: View, { start }: Episode): boolean =>
  edgesMs.some((ms) => start.highMs >= ms && start.lowMs - ms <= doubtful * watchedMs)

/** So near after an edge that chance would seldom put a usual episode there, at the rate of the steady state. */
const coincides = ({ episodes, watchedMs }: Reference, { edgesMs }: View, { start }: Episode): boolean =>
  edgesMs.some((ms) => start.highMs >= ms && episodes.length * Math.max(0, start.lowMs - ms) < doubtful * watchedMs)

/**
 * How many of the first ones of `similar` are too many for the steady state's frequency: the remaining ones, from the
 * end of the last of those on, are as frequent as before. Exact test of two rates, given their sum (binomial).
 */
const frequency = (
  reference: Reference,
  { fromMs, toMs }: View,
  similar: readonly Episode[],
): { count: number; cause: Cause } => {
  const total = reference.episodes.length
  const chance = (count: number, lengthMs: number): number =>
    upperTail(count, count + total, lengthMs / Math.max(1, lengthMs + reference.watchedMs))
  const whole = similar.length === 0 ? 1 : chance(similar.length, toMs - fromMs)
  if (whole >= doubtful) return { count: 0, cause: 'usual' }
  for (let count = 1; count < similar.length; count++) {
    if (chance(similar.length - count, timeOf(similar.slice(count), toMs)) >= doubtful)
      return { count, cause: causeOf(whole) }
  }
  return { count: similar.length, cause: causeOf(whole) }
}

/** The time that some episodes stand for, at the distance that they have. */
const timeOf = (episodes: readonly Episode[], toMs: number): number => {
  const firstMs = episodes[0]?.start.lowMs ?? toMs
  const lastMs = episodes.at(-1)?.start.lowMs ?? toMs
  const n = episodes.length
  return Math.max(1, n < 2 ? toMs - firstMs : ((lastMs - firstMs) * n) / (n - 1))
}

const causeOf = (chance: number): Cause => (chance < unlikely ? 'fault' : 'unclear')
