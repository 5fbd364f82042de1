import { untrustedCertificate } from '../../model/k6-errors.ts'
import type { Objective } from '../../model/objective.ts'
import type { Folded } from '../fold.ts'
import { formatCount } from '../format.ts'

/** By our request helper, and by k6 itself. */
const errors = [untrustedCertificate, 'x509: unknown authority']

/**
 * Why requests say nothing of the system: k6 trusted the certificate of not a single one in the whole run. Whom it trusts
 * is up to the machine that it runs on. Null where any was answered, or failed in another way.
 */
export const neverTrusted = (objective: Objective, folded: Folded): string | null => {
  if (objective.kind === 'resilience')
    return objective.sliIds.map((id) => reasonFor(id, folded)).find((reason) => reason !== null) ?? null
  return objective.kind === 'proportion' || objective.kind === 'count' ? reasonFor(objective.id, folded) : null
}

const reasonFor = (id: string, { slis, errors: seen }: Folded): string | null => {
  const record = slis.get(id)
  if (record === undefined) return null
  const { names } = record.sli
  const samples = record.seconds.samples.reduce((sum, n) => sum + n, 0)
  const untrusted = [...seen.values()]
    .filter(({ name, error }) => errors.includes(error) && (names?.includes(name) ?? true))
    .reduce((sum, { n }) => sum + n, 0)
  if (samples === 0 || untrusted < samples) return null
  return `k6 did not trust the certificate in any of ${formatCount(samples)} requests: name its authority with --ca-file`
}
