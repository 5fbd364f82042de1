import { untrustedCertificate } from '../../model/k6-errors.ts'
import type { Objective, SliSelector } from '../../model/objective.ts'
import type { Folded } from '../fold.ts'
import { formatCount } from '../format.ts'
import { selects } from '../selector.ts'
import { namesOf } from '../traffic.ts'

/** By our request helper, and by k6 itself. */
const errors = [untrustedCertificate, 'x509: unknown authority']

/**
 * Why requests say nothing of the system: k6 trusted the certificate of not a single one in the whole run. Whom it trusts
 * is up to the machine that it runs on. Null where any was answered, or failed in another way; and where the errors may be
 * those of another scenario, since the record tells them by name only.
 */
export const neverTrusted = (objective: Objective, folded: Folded): string | null => {
  if (objective.kind === 'resilience')
    return objective.sliIds.map((id) => reasonFor(id, folded)).find((reason) => reason !== null) ?? null
  return objective.kind === 'proportion' || objective.kind === 'count' ? reasonFor(objective.id, folded) : null
}

const reasonFor = (id: string, folded: Folded): string | null => {
  const record = folded.slis.get(id)
  if (record === undefined) return null
  const { samples, badSamples, answered } = record.seconds
  const all = sumOf(samples)
  if (all === 0 || sumOf(badSamples) < all || sumOf(answered) > 0) return null
  const names = ownNames(record.sli, folded)
  const untrusted = [...folded.errors.values()]
    .filter(({ name, error }) => errors.includes(error) && names.has(name))
    .reduce((sum, { n }) => sum + n, 0)
  if (untrusted < all) return null
  return `k6 did not trust the certificate in any of ${formatCount(all)} requests: name its authority with --ca-file`
}

/** Names that the SLI has samples of, and that no scenario sends which it leaves out. */
const ownNames = (sli: SliSelector, { traffic }: Folded): Set<string> => {
  const seen = [...traffic].flatMap(([scenario, own]) =>
    namesOf(own).map(([metric, name]) => ({ scenario, metric, name })),
  )
  const others = new Set(
    seen.filter(({ scenario }) => sli.scenarios?.includes(scenario) === false).map(({ name }) => name),
  )
  const own = seen.filter(({ scenario, metric, name }) => selects(sli, metric, scenario, name) && !others.has(name))
  return new Set(own.map(({ name }) => name))
}

const sumOf = (column: Uint32Array): number => column.reduce((sum, n) => sum + n, 0)
