import type { CapacityStep } from '../model/capacity.ts'
import type { PhaseName } from '../model/slo.ts'
import type { ComparedLatency, FaultResult, ObjectiveResult, Outcome, RunResult, Verdict } from '../model/verdict.ts'
import { mayBeLeft } from '../model/verdict.ts'

/** How a judgement looks everywhere: a word and an icon, so that colour is never alone. */
export interface Badge {
  icon: string
  word: string
  tone: 'ok' | 'bad' | 'warn'
}

export const resultBadges: Record<RunResult, Badge> = {
  pass: { icon: '✓', word: 'PASS', tone: 'ok' },
  fail: { icon: '✕', word: 'FAIL', tone: 'bad' },
  inconclusive: { icon: '?', word: 'INCONCLUSIVE', tone: 'warn' },
  invalid: { icon: '!', word: 'INVALID', tone: 'warn' },
}

export const outcomeBadges: Record<Outcome | 'not-proven', Badge> = {
  fail: { icon: '✕', word: 'fail', tone: 'bad' },
  error: { icon: '!', word: 'error', tone: 'bad' },
  'no-data': { icon: '○', word: 'no data', tone: 'warn' },
  inconclusive: { icon: '?', word: 'inconclusive', tone: 'warn' },
  'not-proven': { icon: '?', word: 'not proven', tone: 'warn' },
  pass: { icon: '✓', word: 'pass', tone: 'ok' },
}

export const stepBadges: Record<CapacityStep['state'], Badge> = {
  held: { icon: '✓', word: 'held', tone: 'ok' },
  broke: { icon: '✕', word: 'broke', tone: 'bad' },
  unclear: { icon: '?', word: 'undecided', tone: 'warn' },
  'not-offered': { icon: '!', word: 'not offered', tone: 'warn' },
}

export const changeBadges: Record<ComparedLatency['change'], Badge> = {
  slower: { icon: '✕', word: 'slower', tone: 'bad' },
  faster: { icon: '✓', word: 'faster', tone: 'ok' },
  unchanged: { icon: '✓', word: 'unchanged', tone: 'ok' },
  unclear: { icon: '?', word: 'not proven', tone: 'warn' },
  'no-data': { icon: '○', word: 'no data', tone: 'warn' },
}

/** Worst first: the order of tables and of the counts beside the verdict. */
export const standings = Object.keys(outcomeBadges) as (keyof typeof outcomeBadges)[]

/** An objective's outcome, with "no breach seen" told apart from a proven pass. */
export const standingOf = ({
  outcome,
  proven,
}: Pick<ObjectiveResult, 'outcome' | 'proven'>): keyof typeof outcomeBadges =>
  outcome === 'pass' && !proven ? 'not-proven' : outcome

export const phaseWords: Record<PhaseName, string> = {
  warmUp: 'warm-up',
  steady: 'steady',
  fault: 'faults and recovery',
  recovered: 'recovered',
}

/** What a pass does not say of itself; the reason of anything else. Empty where there is nothing to add. */
export const remarks = (objective: ObjectiveResult): string[] => [
  ...(standingOf(objective) === 'pass' ? [] : [objective.reason]),
  ...(objective.hidden === undefined ? [] : [objective.hidden]),
]

/** Changes that last, each once: two objectives on the same requests tell the same, and the sentence may tell one. */
export const changeTexts = ({ changes = [], sentence }: Pick<Verdict, 'changes' | 'sentence'>): string[] => [
  ...new Set(changes.map(({ text }) => text).filter((text) => !sentence.includes(text))),
]

const gates = ['required', 'advisory', 'info']

/** Worst first, required before advisory; what is for information only comes last. The document's order among equals. */
export const worstFirst = (objectives: readonly ObjectiveResult[]): ObjectiveResult[] =>
  objectives.toSorted(
    (one, other) =>
      Number(one.gate === 'info') - Number(other.gate === 'info') ||
      standings.indexOf(standingOf(one)) - standings.indexOf(standingOf(other)) ||
      gates.indexOf(one.gate) - gates.indexOf(other.gate),
  )

/** How many required objectives stand where, worst first; standings that nobody has are left out. */
export const requiredCounts = (objectives: readonly ObjectiveResult[]): { badge: Badge; n: number }[] =>
  standings
    .map((standing) => ({
      badge: outcomeBadges[standing],
      n: objectives.filter((objective) => objective.gate === 'required' && standingOf(objective) === standing).length,
    }))
    .filter(({ n }) => n > 0)

/** ① for the first, as charts and tables name faults. */
export const circled = (index: number): string =>
  index < 20
    ? String.fromCodePoint(0x2460 + index)
    : index < 35
      ? String.fromCodePoint(0x3251 + index - 20)
      : `(${index + 1})`

/** `③ partition api → postgres`, by the fault's id; an unknown id stays as it is. */
export const faultName = (faults: readonly Pick<FaultResult, 'id' | 'label'>[], id: string): string => {
  const index = faults.findIndex((fault) => fault.id === id)
  return index < 0 ? id : `${circled(index)} ${faults[index]?.label ?? id}`
}

/** Faults that were injected and may still be there: the first thing that somebody has to know. */
export const notRemoved = (faults: readonly FaultResult[]): FaultResult[] => faults.filter(mayBeLeft)

/** `③ partition api → postgres; check with: curl ...`, for a fault that may still be there. */
export const leftText = (faults: readonly FaultResult[], { id, checkBy }: FaultResult): string =>
  `${faultName(faults, id)}${checkBy.length === 0 ? '' : `; check with: ${checkBy.join(' ; ')}`}`
