import type { EndReason } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import { leftText, notRemoved, resultBadges, worstFirst } from './words.ts'

/** What Slack's incoming webhooks take; Mattermost, Rocket.Chat and Discord's `/slack` addresses take it, too. */
export interface Notification {
  text: string
}

const listed = 5

/** A game day begins: people who look at its system should know. */
export const startNotification = (plan: Plan): Notification => ({
  text: [
    `▶ *${clean(plan.title)}* begins: ${clean(plan.system.title)}, ${plan.environment}, profile ${plan.profile}, ${faultCount(plan)}, until about ${clock(plan.phases.recovery.endMs)} from now`,
    `run \`${clean(plan.runId)}\``,
  ].join('\n'),
})

/** A run whose verdict is certain ends by itself. */
type AbortReason = Exclude<EndReason, 'completed' | 'decided'>

const aborts: Record<AbortReason, string> = {
  guard: 'stopped by a guard',
  interrupted: 'interrupted',
  crashed: 'broken off by an error',
}

/** The run ends before its time; faults are being removed while this is sent. */
export const abortNotification = (plan: Plan, reason: AbortReason): Notification => ({
  text: `■ *${clean(plan.title)}* is ${aborts[reason]}; every fault is being removed. run \`${clean(plan.runId)}\``,
})

/** The verdict in the report's own words, with what failed and what may be left over. */
export const verdictNotification = (plan: Plan, verdict: Verdict): Notification => {
  const { icon, word } = resultBadges[verdict.result]
  const bad = worstFirst(verdict.objectives).filter(({ gate, outcome }) => gate === 'required' && outcome !== 'pass')
  const left = notRemoved(verdict.faults)
  return {
    text: [
      `${icon} *${word}* ${clean(plan.title)} (${clean(plan.system.title)}, ${plan.environment}): ${clean(verdict.sentence)}`,
      ...left.map((fault) => `⚠ may still be there: ${clean(leftText(verdict.faults, fault))}`),
      ...bad.slice(0, listed).map(({ title, reason }) => `• ${clean(title)}: ${clean(reason)}`),
      ...(bad.length > listed ? [`• and ${bad.length - listed} more`] : []),
      `run \`${clean(plan.runId)}\`, exit code ${verdict.exitCode}`,
    ].join('\n'),
  }
}

/** The three characters that are markup in Slack's text; a mention (`<!here>`) from foreign text is none then. */
const clean = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const faultCount = ({ faults }: Plan): string =>
  faults.length === 0 ? 'no faults' : `${faults.length} fault${faults.length === 1 ? '' : 's'}`

const clock = (ms: number): string =>
  ms < 60_000
    ? `${Math.round(ms / 1000)} s`
    : ms < 3_600_000
      ? `${Math.round(ms / 60_000)} min`
      : `${(ms / 3_600_000).toFixed(1)} h`
