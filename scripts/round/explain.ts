import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import type { Round, RoundRun, Standing } from '../../model/round.ts'
import type { ObjectiveResult, Verdict } from '../../model/verdict.ts'
import { plural } from '../../verdict/format.ts'
import type { Planned } from './choose.ts'

type Judged = Pick<RoundRun, 'standing' | 'result' | 'exitCode' | 'explanation' | 'objectives' | 'faults'>

/** What a verdict means in its round: a weakness is meant to fail. */
export const judged = (verdict: Verdict, weakness: Planned['weakness']): Judged => {
  const required = verdict.objectives.filter(({ gate }) => gate === 'required')
  const figures = {
    result: verdict.result,
    objectives: {
      hold: required.filter(({ outcome }) => outcome === 'pass').length,
      notProven: required.filter(({ outcome, proven }) => outcome === 'pass' && !proven).length,
      of: required.length,
    },
    faults: { confirmed: verdict.faults.filter(isConfirmed).length, of: verdict.faults.length },
  }
  return { ...figures, ...(weakness === null ? healthy(verdict) : caught(verdict, weakness)) }
}

const isConfirmed = ({ confirmedActive, confirmedRemoved, oneShot }: Verdict['faults'][number]): boolean =>
  confirmedActive && (oneShot || confirmedRemoved)

type Meaning = Pick<RoundRun, 'standing' | 'exitCode' | 'explanation'>

/** Codes that say more than that this run can't tell. */
const bad: readonly ExitCode[] = [exitCodes.failed, exitCodes.guardTripped, exitCodes.faultNotRemoved]

const healthy = ({ exitCode, sentence }: Verdict): Meaning => ({
  standing: exitCode === exitCodes.pass ? 'good' : bad.includes(exitCode) ? 'bad' : 'unclear',
  exitCode,
  explanation: sentence,
})

/** Caught is a weakness only by the objective that is meant to see it. */
const caught = (verdict: Verdict, { objective: id }: NonNullable<Planned['weakness']>): Meaning => {
  const found = verdict.objectives.find((objective) => objective.id === id)
  const says = found === undefined ? `there is no objective "${id}"` : wordsOf(found)
  // What a fault left behind, or an interruption, matters more than what was seen until then.
  const { faultNotRemoved, interrupted } = exitCodes
  const serious = verdict.exitCode === faultNotRemoved || verdict.exitCode === interrupted
  if (found?.outcome === 'fail' && found.gate === 'required') {
    return serious
      ? { standing: 'unclear', exitCode: verdict.exitCode, explanation: `${verdict.sentence} ${says}` }
      : { standing: 'good', exitCode: exitCodes.pass, explanation: `Caught: ${says}` }
  }
  if (serious || !['completed', 'decided'].includes(verdict.ended) || verdict.result === 'invalid') {
    const exitCode = serious ? verdict.exitCode : exitCodes.inconclusive
    return { standing: 'unclear', exitCode, explanation: verdict.sentence }
  }
  return { standing: 'bad', exitCode: exitCodes.failed, explanation: `Not caught: ${says}` }
}

const wordsOf = ({ title, targetText, measured, reason }: ObjectiveResult): string =>
  `${title}: ${targetText}, measured ${measured.text} (${reason})`

/** Most serious first; the code of the round is the first that a run has. */
const order: readonly ExitCode[] = [5, 130, 4, 1, 2, 3, 0]

/** The round as a whole, from its runs. */
export const summed = (
  kind: Round['kind'],
  ended: Round['ended'],
  runs: readonly RoundRun[],
  planned: number,
): Pick<Round, 'standing' | 'exitCode' | 'sentence'> => {
  const codes = new Set<ExitCode>(runs.map(({ exitCode }) => exitCode))
  if (ended === 'interrupted') codes.add(exitCodes.interrupted)
  else if (runs.length < planned || runs.length === 0) codes.add(exitCodes.inconclusive)
  const with_ = (standing: Standing) => runs.filter((run) => run.standing === standing)
  const [failed, unclear] = [with_('bad'), with_('unclear')]
  const isCut = runs.length < planned || ended !== 'completed'
  return {
    standing: failed.length > 0 ? 'bad' : unclear.length > 0 || isCut || runs.length === 0 ? 'unclear' : 'good',
    exitCode: order.find((code) => codes.has(code)) ?? exitCodes.inconclusive,
    sentence: [
      ...(isCut ? [`${endings[ended]} after ${runs.length} of ${planned} runs.`] : []),
      runs.length === 0 ? 'Nothing was run.' : countsText(kind, runs, failed, unclear),
    ].join(' '),
  }
}

const endings = { completed: 'Ended', interrupted: 'Interrupted', stopped: 'Stopped' } as const

const countsText = (
  kind: Round['kind'],
  runs: readonly RoundRun[],
  failed: readonly RoundRun[],
  unclear: readonly RoundRun[],
): string => {
  const systems = plural(new Set(runs.map(({ system }) => system)).size, 'system')
  const words = kind === 'gamedays' ? gameDayWords : weaknessWords
  const all = `${runs.length} ${runs.length === 1 ? words.one : words.many}`
  if (failed.length + unclear.length === 0)
    return `${runs.length === 1 ? '' : 'All '}${all} of ${systems} ${words.good}.`
  const named = (some: readonly RoundRun[], what: string) =>
    some.length === 0 ? [] : [`${some.length} ${what} (${some.map(nameOf).join(', ')})`]
  return `Of ${all} of ${systems}: ${[...named(failed, words.bad), ...named(unclear, 'could not tell')].join(', ')}.`
}

const gameDayWords = { one: 'game day', many: 'game days', good: 'passed', bad: 'failed' }
const weaknessWords = {
  one: 'weakness',
  many: 'weaknesses',
  good: 'caught, each by the objective that is meant to catch it',
  bad: 'not caught',
}

/** `todo/peak`, or `todo/peak with slow-list`. */
export const nameOf = ({ gameDay, weakness }: Pick<RoundRun, 'gameDay' | 'weakness'>): string =>
  weakness === null ? gameDay : `${gameDay} with ${weakness.name}`
