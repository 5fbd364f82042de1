import { basename, dirname, join, resolve } from 'node:path'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import { mostSecondsIn, readEvents, readPlan, readWindows } from '../run/record.ts'
import { whyNotComparable } from '../verdict/comparable.ts'
import type { Baseline } from '../verdict/compare.ts'
import type { MeasuredRun } from '../verdict/measured-run.ts'
import { measureRun } from '../verdict/measured-run.ts'
import { readRun } from '../verdict/read-run.ts'
import { earlierVerdicts } from './earlier-verdicts.ts'
import { isRecord, projectDir, recordDirOf } from './project.ts'

/** In place of a run's name: the newest runs of the same game day that passed. */
export const previousRuns = 'previous'
/** From about so many runs on a change over time is a better question than a baseline. */
const mostRuns = 10

/**
 * Runs to compare with as a user has typed them: an id in place of `latest`; `previous` stays, it may find none.
 * @param itself folder of the record that is compared with them, where there is one
 * @throws HoldfastError for one that is not there, or is that record.
 */
export const typedBaselines = (names: string[], outDir: string, itself?: string): string[] => {
  const folder = itself === undefined ? resolve(outDir) : dirname(itself)
  return names.map((name) => {
    if (name === previousRuns) return name
    const dir = recordDirOf(name, outDir)
    if (dir === itself) {
      throw new HoldfastError(`${basename(dir)} would be compared with itself`, { hint: 'Name another run.' })
    }
    // An id is looked for beside the record.
    return dirname(dir) === folder ? basename(dir) : dir
  })
}

/** A baseline run by its name: the folder of its record, or null when there is none. */
type Found = { name: string; dir: string | null }

/**
 * Reads the runs that a plan names as its baseline, with the objectives of that plan. A run that is
 * not there, or can't be read, is named in the result and ends nothing.
 */
export const readBaseline = async (plan: Plan, recordDir: string): Promise<Baseline | undefined> => {
  if (plan.baseline === undefined) return undefined
  const found = plan.baseline.runs.flatMap((name) => findRuns(name, plan, recordDir))
  const begins =
    plan.baseline.gates && isOnlyPrevious(plan.baseline) && found.every((one) => whyNot(plan, one) !== null)
  const baseline: Baseline = { gates: plan.baseline.gates, begins, runs: [], unreadable: [] }
  for (const { name, dir } of found) {
    if (dir === null) baseline.unreadable.push({ run: name, reason: notThere(name) })
    else {
      try {
        baseline.runs.push(await readMeasured(dir, plan))
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error
        baseline.unreadable.push({ run: name, reason: messageOf(error) })
      }
    }
  }
  return baseline
}

/** The latencies of a record, by the objectives of another plan. */
export const readMeasured = async (dir: string, by: Plan): Promise<MeasuredRun> => {
  const plan = { ...readPlan(dir), objectives: by.objectives }
  return measureRun(
    await readRun({ plan, events: readEvents(dir), lines: readWindows(dir), mostSeconds: mostSecondsIn(dir) }),
  )
}

/**
 * Before a run: what is wrong with its baseline, as far as plans tell.
 * @throws HoldfastError where it names runs that are to decide, and none of them can. `previous` alone is never
 * refused: the first run of a game day, or the first after a change of it, is what the next ones are compared with.
 * @returns what is wrong, as warnings
 */
export const checkBaseline = (plan: Plan, recordDir: string): string[] => {
  const { baseline } = plan
  if (baseline === undefined) return []
  const found = baseline.runs.flatMap((name) => findRuns(name, plan, recordDir))
  const problems = found.flatMap((one) => {
    const reason = whyNot(plan, one)
    return reason === null ? [] : [`baseline ${one.name}: ${reason}`]
  })
  const [first] = problems
  if (first !== undefined && baseline.gates && !isOnlyPrevious(baseline) && problems.length === found.length) {
    throw new HoldfastError(first, { hint: 'Name another run with --baseline, or take gates out of the game day.' })
  }
  return problems
}

const isOnlyPrevious = ({ runs }: { runs: string[] }): boolean => runs.every((name) => name === previousRuns)

/** Why a run is none to compare with, by its plan; null where it is one. What else is wrong with it, the judge names. */
const whyNot = (plan: Plan, { name, dir }: Found): string | null => {
  if (dir === null) return notThere(name)
  try {
    return whyNotComparable(plan, readPlan(dir))
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return messageOf(error)
  }
}

const notThere = (name: string): string =>
  name === previousRuns ? 'no earlier run of this game day has passed' : 'there is no such record'

/** A run's id beside the record, or a path from the working folder or the project folder. */
const findRuns = (name: string, plan: Plan, recordDir: string): Found[] => {
  const outDir = dirname(recordDir)
  if (name === previousRuns) {
    const passed = earlierVerdicts(recordDir, plan, mostRuns, ({ result }) => result === 'pass')
    return passed.length === 0
      ? [{ name, dir: null }]
      : passed.map(({ runId }) => ({ name: runId, dir: join(outDir, runId) }))
  }
  const dirs = [join(outDir, name), resolve(name), resolve(projectDir, name)]
  const dir = dirs.find((candidate) => isRecord(candidate)) ?? null
  return [{ name: dir === null ? name : basename(dir), dir }]
}
