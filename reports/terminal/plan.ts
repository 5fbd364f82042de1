import { cleanLine } from '../../model/clean.ts'
import type { ClusterAction, Target } from '../../model/fault.ts'
import { guardText } from '../../model/guard-text.ts'
import { notJudgedTexts } from '../../model/not-judged.ts'
import type { Plan } from '../../model/plan.ts'
import { startedByUs } from '../../model/system.ts'
import { clockText, countText, durationText } from '../format.ts'
import { circled } from '../words.ts'
import type { TerminalOptions } from './layout.ts'
import { columns, painter, wrap } from './layout.ts'

const width = 100

/** What a run would do, and per objective whether it can prove it. */
export const planText = (plan: Plan, options: TerminalOptions): string => {
  const paint = painter(options)
  const title = `${cleanLine(plan.system.title)} · game day ${cleanLine(plan.gameDay)} · profile ${plan.profile} · ${plan.environment}`
  return [
    paint('bold', title),
    ...plan.weaknesses.map((weakness) => paint('warn', `Weakness switched on: ${cleanLine(weakness)}`)),
    ...notJudgedTexts(plan)
      .flatMap((text) => wrap(`Not judged: ${text}`, width))
      .map((line) => paint('warn', line)),
    '',
    ...indented(schedule(plan)),
    '',
    ...indented(objectives(plan, options)),
    '',
    ...indented([
      plan.requireProof
        ? 'proof: required; an objective without proof makes the run inconclusive'
        : 'proof: not required; an objective without a breach passes and is marked "not proven"',
      ...(plan.readBackWithinMs === undefined
        ? []
        : [`writes: read back after the load, missing ones again for ${durationText(plan.readBackWithinMs)}`]),
      ...(plan.guards.length > 0
        ? [`guards: ${plan.guards.map((guard) => cleanLine(guardText(guard))).join(' · ')}`]
        : []),
      ...(plan.faults.length > 0 ? [`blast radius: ${blastRadius(plan)}`] : []),
      ...podLines(plan),
    ]),
  ].join('\n')
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

/** One line per phase and fault, in the order of their times. */
const schedule = (plan: Plan): string[] => {
  const { warmUp, steady, recovery } = plan.phases
  const length = ({ startMs, endMs }: { startMs: number; endMs: number }) => durationText(endMs - startMs)
  const lasting = recovery.endMs > recovery.startMs
  return columns(
    [{ heading: '', right: true }, { heading: '' }, { heading: '' }, { heading: '' }],
    [
      [clockText(warmUp.startMs / 1000), 'warm-up', length(warmUp), ''],
      [
        clockText(steady.startMs / 1000),
        'steady',
        length(steady),
        plan.load.map(({ scenario, text }) => `${scenario} ${text}`).join(', '),
      ],
      ...plan.faults.map(({ label, atMs, holdMs }, index) => [
        clockText(atMs / 1000),
        `${circled(index)} ${label}`,
        holdMs === null ? 'one-shot' : durationText(holdMs),
        '',
      ]),
      ...(lasting
        ? [
            [
              clockText(recovery.startMs / 1000),
              'recovery',
              length(recovery),
              `GOOD for ${durationText(plan.stableForMs)} counts as recovered`,
            ],
          ]
        : []),
      [clockText(Math.max(recovery.endMs, steady.endMs) / 1000), 'end', '', ''],
    ],
  )
}

const objectives = (plan: Plan, options: TerminalOptions): string[] => {
  const paint = painter(options)
  const rows = plan.objectives.map((objective) => {
    const expected = plan.expectations.find((candidate) => candidate.objective === objective.id)
    return { objective, expected }
  })
  return columns(
    [
      { heading: 'objective' },
      { heading: 'target' },
      { heading: 'samples', right: true },
      { heading: 'needed', right: true },
      { heading: 'can this run prove it?' },
    ],
    rows.map(({ objective, expected }) => [
      `${objective.title}${objective.gate === 'required' ? '' : ` (${objective.gate})`}`,
      objective.targetText,
      countText(expected?.samples ?? null),
      countText(expected?.needed ?? null),
      expected?.text ?? 'not known',
    ]),
    (text, row, column) =>
      row < 0 ? paint('dim', text) : column === 4 && !rows[row]?.expected?.provable ? paint('warn', text) : text,
  )
}

/** Which instances and links the faults touch, each once. */
const blastRadius = ({ faults, environment }: Plan): string => {
  const touched = new Set(faults.flatMap(({ target }) => namesOf(target)))
  const words = touched.size === 0 ? 'no component and no link' : [...touched].map(cleanLine).join(', ')
  return startedByUs(environment) ? `${words}; nothing outside this machine` : words
}

/** The pods that each fault would hit, as they were when it was planned. */
const podLines = ({ faults, cluster }: Plan): string[] => {
  if (cluster === undefined) return []
  const lines = faults.flatMap(({ hits = [] }, index) =>
    hits.map(({ end, pods, most }) => {
      const names = pods.map(cleanLine).join(', ')
      const which = most < pods.length ? `${most === 0 ? 'none at a time' : most} of ${names}` : names
      return `pods: ${circled(index)} ${end === 'peer' ? 'towards ' : ''}${which}`
    }),
  )
  return [
    `cluster: ${cleanLine(cluster.context ?? 'this pod’s own')}, namespace ${cleanLine(cluster.namespace)}`,
    ...lines,
    ...faults.flatMap(({ injections }, index) =>
      injections.flatMap((injection) =>
        injection.driver === 'kubernetes' ? [`changes: ${circled(index)} ${cleanLine(objectText(injection))}`] : [],
      ),
    ),
  ]
}

const objectText = (action: ClusterAction): string =>
  action.action === 'drain'
    ? `node ${action.node}, for every namespace of the cluster (needs a ClusterRole)`
    : `${action.workload.kind} ${action.workload.name}`

const namesOf = (target: Target): string[] =>
  target.kind === 'component'
    ? target.instances
    : target.kind === 'link'
      ? target.proxies.map((proxy) => `link ${proxy}`)
      : []
