import { z } from 'zod'
import { capacitySchema } from './capacity-schema.ts'
import { exitCodes } from './exit-codes.ts'
import { phaseNames } from './slo.ts'
import type { Verdict } from './verdict.ts'
import { verdictSchemaVersion } from './verdict.ts'

const outcome = z.enum(['pass', 'fail', 'inconclusive', 'no-data', 'error'])
const phase = z.enum(phaseNames)
const maybe = z.number().nullable()
const count = z.number().int().nonnegative()

const figure = z
  .strictObject({ value: maybe, text: z.string() })
  .describe('A number with the text that every report prints for it.')

const brokenSeconds = z
  .strictObject({
    counted: count,
    broken: count,
    worst: z.strictObject({ bad: count, due: count, atS: z.number().describe('Seconds from the start.') }),
    text: z.string(),
  })
  .describe('Single seconds against the target, among those with enough requests to break it.')

const objectiveResult = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['proportion', 'gauge', 'growth', 'resilience', 'count', 'reaction']),
  gate: z.enum(['required', 'advisory', 'info']).describe('Only required objectives decide the result.'),
  source: z.string().describe('The words that the number comes from.'),
  targetText: z.string(),
  outcome,
  proven: z.boolean().describe('False with outcome pass: no breach seen, not proven.'),
  reasonCode: z.string(),
  reason: z.string(),
  measured: figure,
  interval: z.strictObject({ low: maybe, high: maybe, text: z.string() }),
  n: count,
  needed: count.nullable().describe('Samples that a proof needs.'),
  neededSeconds: count
    .nullable()
    .describe('Seconds of the phases that gate, had they gone on as they were, that a proof needs. Of proportions.')
    .exactOptional(),
  margin: figure,
  previous: figure.exactOptional(),
  fault: z.string().nullable(),
  phases: z.array(
    z.strictObject({ phase, n: count, bad: count, measured: figure, seconds: brokenSeconds.exactOptional() }),
  ),
  hidden: z.string().exactOptional().describe('What a pass does not show: seconds that break the target.'),
})

const tally = z.strictObject({ bad: count, due: count })

const lastingChange = z
  .strictObject({
    objective: z.string(),
    request: z.string().nullable().describe('Null: the requests of the objective as a whole.'),
    fault: z.string().nullable().describe('The fault after which it was seen; null: in the steady state.'),
    kind: z.enum(['worse', 'silent']),
    sinceMs: z.number(),
    before: tally,
    after: tally,
    target: z.enum(['broken', 'open', 'within', 'not-sent']).describe("Against the objective's target, by itself."),
    fading: z.boolean().describe('The last seconds looked as usual again, for less than `stableFor`.'),
    text: z.string(),
  })
  .describe('Requests that got worse and stayed so until the end of what was seen, or were not sent any more.')

const range = z
  .strictObject({ low: z.number(), high: maybe })
  .describe('What the record supports at least and at most (95 %); null: it sets no upper bound.')

const sliRecovery = z
  .strictObject({
    objective: z.string(),
    state: z.enum(['absorbed', 'recovered', 'cannot-tell', 'not-recovered', 'not-seen', 'no-data']),
    timeToImpactMs: maybe.describe('Null: no impact seen.'),
    timeToDetectMs: maybe,
    timeToMitigateMs: maybe.describe('Null: not mitigated before removal.'),
    recoveryMs: maybe.describe('A lower bound with the states not-recovered and not-seen; null only without data.'),
    resolutionMs: maybe,
    rtoMs: maybe,
    impactAtMs: maybe,
    recoveredAtMs: maybe,
    degradedSeconds: z.number(),
    episodes: count,
    resilienceLossSeconds: z.number(),
    badEvents: count,
    budgetConsumedRatio: maybe,
    maxErrorRatio: maybe,
    latencyP95Us: maybe,
    latencyP99Us: maybe,
    change: lastingChange.exactOptional(),
    ranges: z
      .strictObject({
        impact: range.nullable(),
        recovery: range,
        rto: range,
        end: range.nullable().describe('Unix milliseconds.'),
        degradedSeconds: range,
      })
      .exactOptional(),
    shortestVisibleMs: z
      .number()
      .exactOptional()
      .describe('The shortest total outage that the rate of requests shows for certain.'),
    usualEpisodes: count.exactOptional().describe('Episodes no worse than those of the steady state.'),
  })
  .describe('How one service level indicator fared under one fault.')

const faultResult = z.strictObject({
  id: z.string(),
  label: z.string(),
  kind: z.string(),
  oneShot: z.boolean(),
  group: z.array(z.string()).describe('Faults whose times overlap are judged as one group.'),
  confirmedActive: z.boolean(),
  confirmedRemoved: z.boolean(),
  skippedReason: z.string().nullable(),
  activeAtMs: maybe,
  removedAtMs: maybe,
  edgeWidthMs: maybe,
  activeUntilMs: maybe
    .exactOptional()
    .describe('Only of a fault that was not active as planned: the last look that saw it. Null: it never was active.'),
  worst: sliRecovery.nullable(),
  perSli: z.array(sliRecovery),
  text: z.strictObject({
    active: z.string(),
    impact: z.string(),
    mitigated: z.string(),
    recovery: z.string(),
    rto: z.string(),
    lostWrites: z.string(),
    budget: z.string(),
  }),
  lostWrites: count.nullable(),
  duplicates: count.nullable(),
  rpoMs: maybe,
  checkBy: z.array(z.string()),
  outcome,
  reason: z.string(),
})

const comparison = z
  .strictObject({
    runs: z.array(z.string()),
    notComparable: z.array(z.strictObject({ run: z.string(), reason: z.string() })),
    gates: z.boolean().describe('Whether the outcome decides with the required objectives.'),
    outcome,
    proven: z.boolean(),
    sentence: z.string(),
    notes: z.array(z.string()),
    rows: z.array(
      z.strictObject({
        objective: z.string(),
        title: z.string(),
        phase,
        percentile: z.number(),
        change: z.enum(['slower', 'faster', 'unchanged', 'unclear', 'no-data']),
        reason: z.string(),
        baseline: figure.describe('Milliseconds.'),
        current: figure,
        difference: figure,
        interval: z.strictObject({ low: maybe, high: maybe, text: z.string() }),
        floorMs: z.number().describe('The least difference that matters.'),
        n: count,
        baselineN: count,
      }),
    ),
  })
  .describe('This run against other runs of the same load.')

const loadHealth = z.strictObject({
  offered: count,
  completed: count,
  dropped: count,
  interrupted: count,
  steadyOfferedPerSecond: z.number(),
  steadyAchievedPerSecond: z.number(),
  k6CpuRatio: maybe,
  maxVusInUse: maybe,
  vusAvailable: maybe,
})

/** `verdict.json`, as other programs may rely on it. Unknown keys are errors: the version rises with the shape. */
export const verdictSchema = z.strictObject({
  schemaVersion: z.literal(verdictSchemaVersion as number),
  runId: z.string(),
  result: z.enum(['pass', 'fail', 'inconclusive', 'invalid']),
  exitCode: z.union(Object.values(exitCodes).map((code) => z.literal(code))),
  sentence: z.string(),
  detail: z.string(),
  ended: z.enum(['completed', 'decided', 'interrupted', 'guard', 'crashed']),
  tainted: z.boolean().describe('A fault may still be there.'),
  invalidReasons: z.array(z.string()),
  notJudged: z
    .array(z.string())
    .exactOptional()
    .describe('Required objectives that this run could not judge, and why.'),
  objectives: z.array(objectiveResult),
  faults: z.array(faultResult),
  capacity: capacitySchema.exactOptional(),
  baseline: comparison.exactOptional(),
  changes: z.array(lastingChange).exactOptional(),
  cannotTell: z.array(z.string()).describe('What this run cannot prove.'),
  load: loadHealth,
  topErrors: z.array(z.strictObject({ name: z.string(), error: z.string(), n: count })),
  warnings: z.array(z.string()),
  startedAtMs: z.number(),
  durationMs: z.number(),
  phases: z.array(z.strictObject({ phase, startMs: z.number(), endMs: z.number() })),
  history: z
    .array(
      z.strictObject({
        runId: z.string(),
        startedAtMs: z.number(),
        result: z.enum(['pass', 'fail', 'inconclusive', 'invalid']),
        sentence: z.string(),
        measured: z.array(z.strictObject({ objective: z.string(), title: z.string(), figure: figure.nullable() })),
      }),
    )
    .describe('Earlier runs of the same game day, profile, environment and place, newest first.'),
})

/** JSON Schema (draft 2020-12) of `verdict.json`; `docs/schemas/verdict.schema.json` holds it. */
export const verdictJsonSchema = (): object => ({
  title: 'Holdfast verdict',
  description: 'Times are Unix milliseconds or lengths in milliseconds, as the names say.',
  ...z.toJSONSchema(verdictSchema, { reused: 'ref' }),
})

/**
 * Compiles only while the schema and the interface are identical. Plain assignability would overlook
 * an optional field that one of them lacks, so the types are compared as conditions of a generic.
 */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const schemaIsTheInterface: Same<z.infer<typeof verdictSchema>, Verdict> = true
void schemaIsTheInterface
