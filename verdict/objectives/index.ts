import { messageOf } from '../../model/errors.ts'
import type { Objective } from '../../model/objective.ts'
import type { ObjectiveResult } from '../../model/verdict.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult } from './context.ts'
import { judgeCount } from './count.ts'
import { judgeGauge } from './gauge.ts'
import { judgeGrowth } from './growth.ts'
import { judgeProportion } from './proportion.ts'
import { judgeReaction } from './reaction.ts'
import { judgeResilience } from './resilience.ts'
import { neverTrusted } from './untrusted.ts'

type Judges = { [K in Objective['kind']]: JudgeObjective<Extract<Objective, { kind: K }>> }

/** One judge per kind of objective. */
export const judges = {
  proportion: judgeProportion,
  count: judgeCount,
  gauge: judgeGauge,
  growth: judgeGrowth,
  resilience: judgeResilience,
  reaction: judgeReaction,
} as const satisfies Judges

/** Judges one objective. A check that crashes is `error`: never a pass, and never the end of the others. */
export const judgeObjective = (objective: Objective, context: JudgeContext): ObjectiveResult => {
  try {
    const untrusted = neverTrusted(objective, context.folded)
    if (untrusted !== null) return blankResult(objective, 'no-data', 'certificate-not-trusted', untrusted)
    return (judges[objective.kind] as JudgeObjective<Objective>)(objective, context)
  } catch (error) {
    return blankResult(objective, 'error', 'check-crashed', `the check itself failed: ${messageOf(error)}`)
  }
}
