import type { RecordLine } from '../../model/window.ts'
import { errorObjective, makeRecord } from '../../test/fixtures/record.ts'
import { judge } from '../../verdict/judge.ts'
import { seededRandom } from '../../verdict/random.ts'
import type { Cell, Counted } from './cells.ts'
import { allowedShare, cellName } from './cells.ts'
import type { Drawn } from './laws.ts'
import { drawRun, laws } from './laws.ts'
import { oldRule } from './old-rule.ts'

/** Runs that one record holds, each a request name with an objective of its own: most of a record's cost is shared. */
const runsPerRecord = 50
const startedAtMs = 1_790_000_000_000

/**
 * Draws so many runs and asks the judge itself about each. The same seed draws the same runs.
 */
export const judgeCell = async (cell: Cell, records: number, seed: number): Promise<Counted> => {
  const counted: Counted = {
    ...cell,
    ...{ records, seed, provenPass: 0, provenFail: 0, covered: 0, oldPass: 0, oldFail: 0 },
  }
  const share = allowedShare * cell.times
  const random = seededRandom(seedOf(cell, seed))
  for (let done = 0; done < records; done += runsPerRecord) {
    const runs = Array.from({ length: Math.min(runsPerRecord, records - done) }, () =>
      drawRun(laws[cell.law], { ...cell, share }, random),
    )
    const objectives = runs.map((_, at) =>
      errorObjective({ id: `run-${at}`, targetRatio: 1 - allowedShare, names: [`run ${at}`] }),
    )
    const { plan, events } = makeRecord({
      ...{ warmUpS: 0, steadyS: cell.seconds, streams: [], startedAtMs, requireProof: true },
      objectives,
    })
    const { verdict } = await judge({ plan, events, lines: linesOf(runs) })
    for (const [at, { proven, outcome, interval }] of verdict.objectives.entries()) {
      if (proven && outcome === 'pass') counted.provenPass++
      if (proven && outcome === 'fail') counted.provenFail++
      if ((interval.low ?? 1) <= share && share <= (interval.high ?? 0)) counted.covered++
      const old = oldRule(runs[at] as Drawn, allowedShare)
      if (old === 'proven-pass') counted.oldPass++
      if (old === 'proven-fail') counted.oldFail++
    }
  }
  return counted
}

/** Each cell has a stream of its own, so that one can be drawn again without the others. */
const seedOf = (cell: Cell, seed: number): number => {
  let hash = seed
  for (const letter of cellName(cell)) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

/** One line a second and run: a rate, whose sum are the good ones. */
const linesOf = function* (runs: readonly Drawn[]): Generator<RecordLine> {
  yield { type: 'hello', schemaVersion: 1, k6Version: '2.2.0', atUs: startedAtMs * 1000 }
  const length = runs[0]?.bad.length ?? 0
  for (let second = 0; second < length; second++) {
    const s = startedAtMs / 1000 + second
    for (const [at, { n, bad }] of runs.entries()) {
      yield {
        ...{ type: 'window', s, metric: 'holdfast_request', kind: 'rate', scenario: 'made', name: `run ${at}` },
        ...{ status: '2xx', ok: true, n, sum: n - (bad[second] ?? 0), min: 0, max: 1, firstUs: 0, lastUs: 999_999 },
      } as RecordLine
    }
  }
  yield { type: 'end', atUs: (startedAtMs / 1000 + length) * 1_000_000 }
}
