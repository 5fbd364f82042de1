import type { Plan, PlannedLoad } from '../model/plan.ts'
import type { MeasuredRun } from './measured-run.ts'

/** Why a run cannot be compared with another one, by their plans alone; null when it can. */
export const whyNotComparable = (plan: Plan, other: Plan): string | null => {
  if (plan.runId === other.runId) return 'it is this run itself'
  if (plan.system.name !== other.system.name) return `it is of another system, ${other.system.name}`
  if (plan.environment !== other.environment) return `it ran in another environment, ${other.environment}`
  if (plan.profile !== other.profile) return `it has another profile, ${other.profile} instead of ${plan.profile}`
  const [own, theirs] = [loadText(plan.load), loadText(other.load)]
  if (own !== theirs) return `it has another load, ${theirs} instead of ${own}`
  if (plan.bundle.sha256 !== other.bundle.sha256) return 'its scenarios are not the same (bundle hash)'
  if (JSON.stringify(plan.systemOptions) !== JSON.stringify(other.systemOptions)) return 'its system options differ'
  return null
}

/** What is comparable and yet not the same: a reader must know. */
export const differences = (plan: Plan, { runId, plan: other }: MeasuredRun): string[] => {
  const notes: string[] = []
  const add = (what: string, here: string, there: string) => {
    if (here !== there) notes.push(`${runId}: ${what} ${there || 'none'}, here ${here || 'none'}.`)
  }
  add('place', placeOf(plan), placeOf(other))
  add('machine', plan.provenance.platform, other.provenance.platform)
  add('k6', plan.provenance.k6, other.provenance.k6)
  add('weaknesses', [...plan.weaknesses].sort().join(', '), [...other.weaknesses].sort().join(', '))
  return notes
}

/** Which deployment was driven: an address, or a namespace of a cluster; nothing where it is started for each run. */
export const placeOf = ({ environment, cluster, baseUrl }: Plan): string => {
  if (cluster) return `${cluster.namespace} in ${cluster.server}`
  return baseUrl ?? (environment === 'external' ? 'unknown' : '')
}

/** The recovered phase compares only after the same faults. */
export const sameFaults = (a: Plan, b: Plan): boolean => faultText(a) === faultText(b)

const faultText = ({ faults }: Plan): string =>
  JSON.stringify(faults.map(({ kind, target, atMs, holdMs, injections }) => [kind, target, atMs, holdMs, injections]))

/** A constant rate is the same however long it lasts; stages must be the same. */
const loadText = (load: readonly PlannedLoad[]): string =>
  load
    .map(({ scenario, profile, rateFactor, rate, text }) => {
      const rates = [...new Set(rate.map(([, perSecond]) => perSecond))]
      const shape = rates.length === 1 ? `${rates[0]}/s` : text
      return `${scenario} (${profile}, ${shape}${rateFactor === 1 ? '' : `, factor ${rateFactor}`})`
    })
    .sort()
    .join(' and ')
