import { HoldfastError } from '../../model/errors.ts'
import type { GameDay } from '../../model/gameday.ts'
import { didYouMean } from '../../model/parse.ts'
import type { RoundKind, RoundRun } from '../../model/round.ts'
import type { System } from '../../model/system.ts'
import { gameDayNames, loadGameDay } from '../../plan/gameday.ts'
import { lengthOf } from '../../plan/length.ts'

/** A search for the capacity comes within a factor of two: nearer takes as long again. */
const coarseRatio = 1

/** One run to come. */
export interface Planned extends Pick<RoundRun, 'gameDay' | 'title' | 'system' | 'weakness'> {
  /** About so long. */
  lengthMs: number
  /** Options of `holdfast run` that the round adds. */
  options: string[]
}

/** The runs of a round, and the game days that are no part of it. */
export interface Choice {
  runs: Planned[]
  leftOut: { gameDay: string; reason: string }[]
}

/** A game day by its name, and its system. */
interface Known {
  name: string
  system: System
  gameDay: GameDay
}

/**
 * Finds the runs of a round by listing: every game day of the systems, or every weakness with the game day
 * that catches it.
 * @param only systems or game days; all where it is empty
 * @throws HoldfastError for a name that is neither, and a game day that can't be loaded.
 */
export const choose = async (
  projectDir: string,
  systems: Record<string, System>,
  kind: RoundKind,
  only: readonly string[],
): Promise<Choice> => {
  const names = gameDayNames(projectDir)
  checkOnly(only, [...Object.keys(systems), ...names])
  const known: Known[] = []
  for (const name of names) {
    const { gameDay } = await loadGameDay(projectDir, name)
    const system = systems[gameDay.system]
    if (system === undefined) throw new HoldfastError(`${name}: there is no system "${gameDay.system}"`)
    if (only.length === 0 || only.includes(name) || only.includes(system.name)) known.push({ name, system, gameDay })
  }
  return kind === 'gamedays' ? gameDays(known) : { runs: known.flatMap(caught), leftOut: [] }
}

const checkOnly = (only: readonly string[], allowed: string[]): void => {
  const unknown = only.find((name) => !allowed.includes(name))
  if (unknown === undefined) return
  throw new HoldfastError(`--only ${unknown}: there is no such system or game day`, {
    hint: didYouMean(unknown, allowed),
  })
}

const gameDays = (known: readonly Known[]): Choice => {
  const choice: Choice = { runs: [], leftOut: [] }
  for (const { name, system, gameDay } of known) {
    const reason = whyNot(name, gameDay)
    if (reason === null) choice.runs.push({ ...runOf(name, system, gameDay), weakness: null })
    else choice.leftOut.push({ gameDay: name, reason })
  }
  return choice
}

/** The smoke and the short profile are for one machine and minutes; the full one has the documented load and length. */
const whyNot = (name: string, { profile, environments, notInAll }: GameDay): string | null => {
  if (environments !== undefined && !environments.includes('local')) return `is for ${environments.join(', ')}`
  if (profile === 'full') return `is the documented load at its documented length: holdfast run ${name}`
  return notInAll ?? null
}

const runOf = (name: string, system: System, gameDay: GameDay) => ({
  gameDay: name,
  title: gameDay.title,
  system: system.title,
  lengthMs: lengthOf(gameDay, coarseRatio),
  options: gameDay.capacity === undefined ? [] : ['--precision', String(coarseRatio)],
})

/** A run for each weakness that this game day is meant to catch. */
const caught = ({ name, system, gameDay }: Known): Planned[] =>
  Object.entries(system.weaknesses)
    .filter(([, weakness]) => `${system.name}/${weakness.gameDay}` === name)
    .map(([weakness, { does, objective }]) => ({
      ...runOf(name, system, gameDay),
      weakness: { name: weakness, does, objective },
    }))
