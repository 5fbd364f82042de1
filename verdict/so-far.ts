import type { SecondSoFar } from './curtailment.ts'
import type { LoadRecord } from './load.ts'
import { takesDrops } from './selector.ts'
import type { SliRecord } from './sli-record.ts'

/**
 * What has ended of each second: bad samples, and iterations that were dropped or failed without one. A good sample whose
 * iteration failed is not good, and one whose iteration has not ended may still become bad: it is open.
 * @param planned samples of each second
 * @param from index of the first of these seconds
 * @param loads with `interrupted` filled in: what has started and not ended
 */
export const endedSoFar = (
  planned: readonly number[],
  from: number,
  { sli, seconds }: Pick<SliRecord, 'sli'> & { seconds: Pick<SliRecord['seconds'], 'samples' | 'badSamples'> },
  loads: Iterable<LoadRecord>,
): SecondSoFar[] => {
  const counted = [...loads].filter(({ scenario, sli: request }) => takesDrops(sli, scenario, request))
  const sum = (of: (load: LoadRecord) => number | undefined) => counted.reduce((n, load) => n + (of(load) ?? 0), 0)
  return planned.map((planned, i) => {
    const at = from + i
    const samples = seconds.samples[at] ?? 0
    const badSamples = seconds.badSamples[at] ?? 0
    const dropped = sum((load) => (load.dropped[at] ?? 0) - (load.ownDropped[at] ?? 0))
    const failed = sum((load) => load.failed[at])
    const afterGood = sum((load) => Math.min(load.failed[at] ?? 0, load.failedAfterGood[at] ?? 0))
    const missing = Math.max(0, planned - samples - dropped - (failed - afterGood))
    const atRisk = Math.max(0, sum((load) => load.interrupted[at]) - missing)
    return {
      planned,
      bad: badSamples + dropped + failed,
      good: Math.max(0, samples - badSamples - afterGood - atRisk),
    }
  })
}
