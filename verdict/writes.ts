import { countCommon, countRanges, mergeRanges, type Ranges } from '../model/ranges.ts'
import type { AcksLine } from '../model/window.ts'
import { parseWriteId } from '../model/write-id.ts'
import type { AuditEvent } from './audit-event.ts'
import { formatCount, formatSeconds, plural } from './format.ts'

/** Acknowledgements of some time: how many writes they were of, and how many of these are lost. Unix ms. */
export interface AckSpan {
  fromMs: number
  toMs: number
  acknowledged: number
  lost: number
}

/** What became of the acknowledged writes. */
export interface Writes {
  /** By the record's own lines, each write once: the audit's word for it is not taken. */
  acknowledged: number
  checked: number
  /** Acknowledged writes that are proven lost. */
  lost: number
  late: number
  latestMs: number | null
  duplicates: number | null
  /** Why the final read proves nothing good; null when it was of all acknowledged writes. */
  distrust: string | null
  /** In the order of the record. Lost writes whose acknowledgement is not known stand in none of them. */
  spans: AckSpan[]
}

/** Brings the final read and the record's acknowledgements together; null without a read that was completed. */
export const readWrites = (audit: AuditEvent | null, acks: readonly AcksLine[], runId: string): Writes | null => {
  if (audit === null) return null
  const acknowledged = byScenario(acks)
  const lost = lostOf(audit, runId)
  const all = sum([...acknowledged.values()].map(countRanges))
  const named = sum([...lost.values()].map(countRanges))
  const known = sum([...lost].map(([scenario, ranges]) => countCommon(ranges, acknowledged.get(scenario) ?? [])))
  const unknown = (audit.unknownCount ?? 0) + foreign(audit, runId) + named - known
  return {
    acknowledged: all,
    checked: audit.checked,
    // Those that are not named (of records of before ranges were kept) are taken as they were counted.
    lost: known + Math.max(0, audit.lostCount - named - foreign(audit, runId)),
    late: audit.lateCount ?? 0,
    latestMs: audit.latestMs ?? null,
    duplicates: audit.duplicates,
    distrust: distrustOf(audit.checked, all, unknown),
    spans: acks.map(({ scenario, fromUs, toUs, ranges }) => {
      const own = mergeRanges(ranges)
      const lostHere = countCommon(own, lost.get(scenario) ?? [])
      return { fromMs: fromUs / 1000, toMs: toUs / 1000, acknowledged: countRanges(own), lost: lostHere }
    }),
  }
}

const distrustOf = (checked: number, acknowledged: number, unknown: number): string | null => {
  if (unknown > 0)
    return `the final read names ${plural(unknown, 'lost id')} that this run has no acknowledged write of`
  if (checked === acknowledged) return null
  const counts = `${formatCount(checked)} of ${formatCount(acknowledged)}`
  return checked < acknowledged
    ? `only ${counts} acknowledged writes were read back`
    : `more writes were read back than were acknowledged (${counts})`
}

/** What there is to say of lost and late writes; null when there is nothing. */
export const writesText = ({ acknowledged, lost, late, latestMs }: Writes): string | null => {
  if (lost === 0 && late === 0) return null
  const after = latestMs === null ? '' : ` (the last was found ${formatSeconds(latestMs)} after the first read)`
  return `${plural(acknowledged, 'acknowledged write')}: ${formatCount(lost)} lost, ${formatCount(late)} late${after}`
}

const longestReason = 160

/** Why a final read did not complete, in a line. An answer's address holds the ids that it was asked for. */
export const readFailure = (reason: string | null): string => {
  const status = /\banswered (\d{3})\b/.exec(reason ?? '')?.[1]
  if (status !== undefined)
    return `the final read ${status.startsWith('4') ? 'was refused' : 'failed'} (HTTP ${status})`
  const short = (reason ?? '').replaceAll(/\?\S+/g, '?…')
  const text = short.length > longestReason ? `${short.slice(0, longestReason)}…` : short
  return `the final read did not complete${text === '' ? '' : `: ${text}`}`
}

const byScenario = (acks: readonly AcksLine[]): Map<string, Ranges> => {
  const lines = Map.groupBy(acks, ({ scenario }) => scenario)
  return new Map([...lines].map(([scenario, own]) => [scenario, mergeRanges(own.flatMap(({ ranges }) => ranges))]))
}

/** As ranges; of an old record from the ids that it names. */
const lostOf = ({ lostRanges, lost = [] }: AuditEvent, runId: string): Map<string, Ranges> => {
  if (lostRanges !== undefined)
    return new Map(lostRanges.map(({ scenario, ranges }) => [scenario, mergeRanges(ranges)]))
  const writes = lost.map((id) => parseWriteId(runId, id)).filter((write) => write !== null)
  const own = Map.groupBy(writes, ({ scenario }) => scenario)
  return new Map([...own].map(([scenario, some]) => [scenario, mergeRanges(some.map(({ n }) => [n, n]))]))
}

/** Ids of other runs, in an old record: nobody had looked at them. */
const foreign = ({ lostRanges, lost = [] }: AuditEvent, runId: string): number =>
  lostRanges === undefined ? lost.filter((id) => parseWriteId(runId, id) === null).length : 0

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)
