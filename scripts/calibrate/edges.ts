import type { RunSpec, TroubleSpec } from '../../test/fixtures/record.ts'
import { errorObjective, makeRecord, resilienceObjective } from '../../test/fixtures/record.ts'
import { judge } from '../../verdict/judge.ts'
import { seededRandom } from '../../verdict/random.ts'

/* How often the range of a recovery time holds the planted end of an outage, and how often an outage passes unseen. */

/** Outages of one kind: requests per second, their share of bad ones, that of the time before and after. */
export interface EdgeCell {
  perSecond: number
  share: number
  background: number
  /** `flapping`: three episodes with 1.5 s of good time between. */
  shape: 'one' | 'flapping'
}

/** What the judge made of a cell. */
export interface EdgeCounts {
  records: number
  /** Records in which the end was told, those whose range holds the true one, and the mean half width in ms. */
  told: number
  held: number
  halfWidthMs: number
  /** Records that call a true outage absorbed, and those that pass an objective which it broke twofold. */
  absorbed: number
  falsePasses: number
}

const rates = [0.5, 1, 2, 5, 20, 100, 200]
const shares = [1, 0.5, 0.3, 0.2, 0.15]

/** All cells whose outage is long enough for some bad requests: shares of 15 % need 20 requests/s. */
const edgeCells: readonly EdgeCell[] = [
  ...rates.flatMap((perSecond) =>
    shares
      .filter((share) => perSecond * share >= (share === 1 ? 0.5 : 1))
      .map((share): EdgeCell => ({ perSecond, share, background: 0, shape: 'one' })),
  ),
  { perSecond: 200, share: 0.1, background: 0, shape: 'one' },
  ...[2, 5, 20, 100].map((perSecond): EdgeCell => ({ perSecond, share: 1, background: 0.03, shape: 'one' })),
  ...[20, 100].map((perSecond): EdgeCell => ({ perSecond, share: 0.5, background: 0.03, shape: 'one' })),
  ...[5, 20, 100].map((perSecond): EdgeCell => ({ perSecond, share: 1, background: 0, shape: 'flapping' })),
]

/** A record with its truth: the end of the outage after the removal of a fault, in ms. */
export const edgeRecord = (cell: EdgeCell, seed: number): { spec: RunSpec; trueMs: number } => {
  const random = seededRandom(seed * 7919 + Math.round(cell.perSecond * 100 + cell.share * 1000))
  // Long enough at low rates for the outage to hold some requests.
  const stretch = cell.perSecond < 2 ? 4 : 1
  const [warmUpS, steadyS, holdS] = [2, 20 * stretch, 8 * stretch]
  const injectedS = warmUpS + steadyS + random()
  const removedS = injectedS + holdS
  const trueMs = (2000 + 2000 * random()) * stretch
  const endS = removedS + trueMs / 1000
  const episode = (fromS: number, toS: number): TroubleSpec => ({ kind: 'error', fromS, toS, ratio: cell.share })
  const lastS = endS - 1 - random()
  const troubles =
    cell.shape === 'one'
      ? [episode(injectedS, endS)]
      : [episode(injectedS, lastS - 5), episode(lastS - 3.5, lastS - 1.5), episode(lastS, endS)]
  return {
    trueMs,
    spec: {
      seed,
      startedAtMs: 1_790_000_000_000 + Math.floor(random() * 1000),
      ...{ warmUpS, steadyS, faultsS: holdS + 1, recoveryS: 20 * stretch, stableForS: 5, troubles },
      streams: [{ perSecond: cell.perSecond, errorRatio: cell.background }],
      faults: [{ atS: injectedS, holdS }],
      objectives: [errorObjective(), resilienceObjective('recoveryTime', trueMs / 2)],
    },
  }
}

/** Judges `records` records of a cell. */
export const calibrateEdges = async (cell: EdgeCell, records: number): Promise<EdgeCounts> => {
  const counts: EdgeCounts = { records, told: 0, held: 0, halfWidthMs: 0, absorbed: 0, falsePasses: 0 }
  for (let seed = 1; seed <= records; seed++) {
    const { spec, trueMs } = edgeRecord(cell, seed)
    const { plan, events, lines } = makeRecord(spec)
    const { verdict } = await judge({ plan, events, lines: lines() })
    const sli = verdict.faults[0]?.perSli[0]
    if (sli?.state === 'absorbed') counts.absorbed++
    if (verdict.objectives.some(({ kind, outcome }) => kind === 'resilience' && outcome === 'pass'))
      counts.falsePasses++
    const range = sli?.ranges?.recovery
    if (sli?.state !== 'recovered' || !range || range.high === null) continue
    counts.told++
    counts.halfWidthMs += (range.high - range.low) / 2
    // The calls of the record are 2 ms wide, and requests start on whole microseconds.
    if (trueMs >= range.low - 2 && trueMs <= range.high + 2) counts.held++
  }
  counts.halfWidthMs /= Math.max(1, counts.told)
  return counts
}

/** The table of docs/verdict.md. */
const edgeTable = (rows: readonly { cell: EdgeCell; counts: EdgeCounts }[]): string =>
  [
    '| requests/s | bad | before and after | episodes | end told | range holds it | half width | called absorbed | false passes |',
    '|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map(({ cell, counts: { records, told, held, halfWidthMs, absorbed, falsePasses } }) => {
      const percent = (n: number, of: number) => (of === 0 ? '–' : `${((100 * n) / of).toFixed(1)} %`)
      return `| ${cell.perSecond} | ${100 * cell.share} % | ${100 * cell.background} % | ${cell.shape === 'one' ? 1 : 3} | ${percent(told, records)} | ${percent(held, told)} | ${(halfWidthMs / 1000).toFixed(2)} s | ${absorbed} | ${falsePasses} |`
    }),
  ].join('\n')

export const edgesReport = async (records: number): Promise<string> => {
  const rows: { cell: EdgeCell; counts: EdgeCounts }[] = []
  for (const cell of edgeCells) rows.push({ cell, counts: await calibrateEdges(cell, records) })
  return edgeTable(rows)
}
