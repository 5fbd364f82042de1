import type { Plan } from './plan.ts'

/**
 * Required objectives that a run cannot judge, a line for each reason: `Recovery time, Lost writes (this game day has no
 * faults)`. They decide nothing, so every first screen names them.
 */
export const notJudgedTexts = ({ objectives, expectations }: Pick<Plan, 'objectives' | 'expectations'>): string[] => {
  const titles = new Map<string, string[]>()
  for (const { objective, notJudged } of expectations) {
    if (notJudged?.gate !== 'required') continue
    const title = objectives.find(({ id }) => id === objective)?.title ?? objective
    titles.set(notJudged.reason, [...(titles.get(notJudged.reason) ?? []), title])
  }
  return [...titles].map(([reason, named]) => `${named.join('; ')} (${reason})`)
}
