import type { CountObjective } from '../../model/objective.ts'
import { phaseNames } from '../../model/slo.ts'
import { formatCount, plural } from '../format.ts'
import { sumSeconds } from '../seconds.ts'
import type { JudgeObjective } from './context.ts'
import { blankResult, holds } from './context.ts'

/**
 * A number of bad samples at most, usually none: behaviour such as "an unsigned webhook gets 401".
 * Only samples count; a request that was never sent shows no behaviour.
 */
export const judgeCount: JudgeObjective<CountObjective> = (objective, { folded, phases }) => {
  const record = folded.slis.get(objective.id)
  if (!record) throw new Error(`objective ${objective.id} was not folded`)
  const sum = sumSeconds(record.seconds, phases.in(objective.phases))
  const perPhase = phaseNames.map((phase) => {
    const { samples, badSamples } = sumSeconds(record.seconds, phases.in([phase]))
    return { phase, n: samples, bad: badSamples, measured: figure(samples === 0 ? null : badSamples) }
  })
  const needed = Math.max(1, objective.minSamples)
  const base = { n: sum.samples, needed, phases: perPhase }
  const good = holds(sum.badSamples, objective.op, objective.value)
  // One bad sample too many is one too many, whatever the number of samples.
  if (sum.samples < needed && (good || sum.samples === 0)) {
    const reason = `${plural(sum.samples, 'sample')}, at least ${formatCount(needed)} needed`
    return { ...blankResult(objective, 'no-data', 'too-few-samples', reason), ...base }
  }
  return {
    ...blankResult(
      objective,
      good ? 'pass' : 'fail',
      good ? 'within-bound' : 'over-bound',
      `${formatCount(sum.badSamples)} bad of ${formatCount(sum.samples)}`,
    ),
    ...base,
    proven: true,
    measured: figure(sum.badSamples),
    margin: figure(objective.value - sum.badSamples),
  }
}

const figure = (value: number | null) => ({ value, text: value === null ? '–' : formatCount(value) })
