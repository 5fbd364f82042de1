import { clean, cleanLine } from '../model/clean.ts'
import type { ComparedLatency, FaultResult, ObjectiveResult, Outcome } from '../model/verdict.ts'
import { countText } from './format.ts'
import type { JudgedRecord, Reporter } from './record.ts'
import { faultName, leftText, notRemoved, phaseWords } from './words.ts'

type Status =
  | { kind: 'pass' }
  | { kind: 'failure'; type: string; message: string }
  | { kind: 'error'; type: string; message: string }
  | { kind: 'skipped'; message: string }

interface Case {
  classname: string
  name: string
  status: Status
  output: string
}

/**
 * `junit.xml`: a suite for the run itself, one for the objectives (a case per objective and phase
 * that gates) and one for the faults. Only what decides the verdict can be a failure or an error;
 * what is not proven is skipped, or a failure of type `inconclusive` where the run requires proof.
 */
export const junit: Reporter = (record) => {
  const { plan, verdict } = record
  const suites = [
    { name: 'run', cases: [runCase(record)] },
    { name: 'objectives', cases: verdict.objectives.flatMap((objective) => objectiveCases(objective, record)) },
    { name: 'baseline', cases: baselineCases(record) },
    { name: 'faults', cases: verdict.faults.map((fault) => faultCase(fault, record)) },
  ].filter(({ cases }) => cases.length > 0)
  const seconds = (verdict.durationMs / 1000).toFixed(3)
  const timestamp = new Date(verdict.startedAtMs).toISOString()
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `holdfast ${plan.gameDay}`, ...totals(suites.flatMap(({ cases }) => cases)), time: seconds })}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite ${attributes({ name, ...totals(cases), time: name === 'run' ? seconds : '0', timestamp })}>`,
      ...cases.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

/** The run as a case of its own, so that a run without results can't look like one without failures. */
const runCase = ({ plan, verdict }: JudgedRecord): Case => {
  const endedEarly = verdict.ended !== 'completed' && verdict.ended !== 'decided'
  const left = notRemoved(verdict.faults).map((fault) => `not proven removed: ${leftText(verdict.faults, fault)}`)
  const reasons = [...left, ...(endedEarly ? [`the run ended early: ${verdict.ended}`] : []), ...verdict.invalidReasons]
  const status: Status =
    reasons.length > 0
      ? { kind: 'error', type: endedEarly ? verdict.ended : 'invalid', message: reasons.join('; ') }
      : verdict.result === 'invalid'
        ? { kind: 'error', type: 'invalid', message: verdict.sentence }
        : undecided(verdict)
          ? { kind: 'failure', type: 'inconclusive', message: verdict.sentence }
          : { kind: 'pass' }
  return {
    classname: `${plan.gameDay}.run`,
    name: 'the run is valid and every fault was removed',
    status,
    output: `${verdict.sentence} ${verdict.detail}`,
  }
}

/** Whether nothing but the run itself is open: no objective would show it. */
const undecided = ({ result, objectives }: JudgedRecord['verdict']): boolean =>
  result === 'inconclusive' && objectives.every(({ gate, outcome }) => gate !== 'required' || outcome === 'pass')

const objectiveCases = (objective: ObjectiveResult, { plan, verdict }: JudgedRecord): Case[] => {
  const planned = plan.objectives.find(({ id }) => id === objective.id)
  // Judged with another document than the plan's, the phases that were measured are all that is known.
  const gating = objective.phases.filter(({ phase }) => planned === undefined || planned.phases.includes(phase))
  const fault = objective.fault === null ? '' : ` at ${faultName(verdict.faults, objective.fault)}`
  const numbers =
    `measured ${objective.measured.text}, target ${objective.targetText}, interval ${objective.interval.text}, n = ${countText(objective.n)}` +
    `${objective.needed === null ? '' : ` (${countText(objective.needed)} needed)`}${fault}`
  const status = statusOf(objective, `${objective.title}: ${numbers}: ${objective.reason}`, plan.requireProof)
  if (gating.length === 0)
    return [{ classname: `${plan.gameDay}.${objective.kind}`, name: objective.title, status, output: numbers }]
  return gating.map(({ phase, n, bad, measured }) => ({
    classname: `${plan.gameDay}.${phase}`,
    name: `${objective.title} (${phaseWords[phase]})`,
    status,
    output: `${phaseWords[phase]}: ${measured.text}, ${countText(bad)} bad of ${countText(n)}; judged together: ${numbers}`,
  }))
}

const statusOf = (
  objective: Pick<ObjectiveResult, 'outcome' | 'proven' | 'gate' | 'reasonCode'>,
  message: string,
  requireProof: boolean,
): Status => {
  const { outcome, proven, gate, reasonCode } = objective
  if (outcome === 'pass')
    return proven
      ? { kind: 'pass' }
      : requireProof && gate === 'required'
        ? { kind: 'failure', type: 'inconclusive', message }
        : { kind: 'skipped', message: `not proven: ${message}` }
  if (gate !== 'required') return { kind: 'skipped', message: `${gate}, ${outcome}: ${message}` }
  if (outcome === 'fail') return { kind: 'failure', type: reasonCode, message }
  if (outcome === 'inconclusive') return { kind: 'failure', type: 'inconclusive', message }
  return { kind: 'error', type: outcome, message }
}

/** A case per compared latency; where nothing could be compared, one that says why. */
const baselineCases = ({ plan, verdict: { baseline } }: JudgedRecord): Case[] => {
  if (baseline === undefined) return []
  const caseOf = (name: string, outcome: Outcome, proven: boolean, output: string): Case => {
    // A phase that is too short decides nothing where another could be compared.
    const decides = baseline.gates && (outcome !== 'no-data' || baseline.outcome === 'no-data')
    const gate = decides ? 'required' : 'advisory'
    const status = statusOf({ outcome, proven, gate, reasonCode: 'slower' }, output, plan.requireProof)
    return { classname: `${plan.gameDay}.baseline`, name, status, output }
  }
  if (baseline.rows.length === 0) return [caseOf('comparable runs', baseline.outcome, false, baseline.sentence)]
  return baseline.rows.map((row) =>
    caseOf(
      `${row.title} (${phaseWords[row.phase]})`,
      changeOutcomes[row.change],
      row.change !== 'unclear',
      `${row.current.text}, baseline ${row.baseline.text}, difference ${row.difference.text} ${row.interval.text}, n = ${countText(row.n)}: ${row.reason}`,
    ),
  )
}

const changeOutcomes: Record<ComparedLatency['change'], Outcome> = {
  slower: 'fail',
  faster: 'pass',
  unchanged: 'pass',
  unclear: 'pass',
  'no-data': 'no-data',
}

const faultCase = (fault: FaultResult, { plan, verdict }: JudgedRecord): Case => {
  const { text } = fault
  const numbers = `active ${text.active}, impact after ${text.impact}, recovery ${text.recovery}, RTO ${text.rto}, lost writes ${text.lostWrites}`
  const message = [numbers, fault.reason].filter((part) => part !== '').join(': ')
  // A fault may fail by an advisory objective only; the run's result tells.
  const gate = verdict.result === 'pass' ? 'advisory' : 'required'
  const status: Status =
    fault.skippedReason !== null
      ? { kind: 'skipped', message: `not injected: ${fault.skippedReason}` }
      : statusOf({ outcome: fault.outcome, proven: true, gate, reasonCode: 'fault' }, message, plan.requireProof)
  return { classname: `${plan.gameDay}.fault`, name: faultName(verdict.faults, fault.id), status, output: numbers }
}

const totals = (cases: readonly Case[]): Record<string, string> => {
  const count = (kind: Status['kind']): string => String(cases.filter(({ status }) => status.kind === kind).length)
  return { tests: String(cases.length), failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

const caseLines = ({ classname, name, status, output }: Case): string[] => [
  `    <testcase ${attributes({ classname: cleanLine(classname), name: cleanLine(name), time: '0' })}>`,
  ...(status.kind === 'pass'
    ? []
    : status.kind === 'skipped'
      ? [`      <skipped ${attributes({ message: status.message })}/>`]
      : [
          `      <${status.kind} ${attributes({ type: status.type, message: status.message })}>${xml(status.message)}</${status.kind}>`,
        ]),
  `      <system-out>${xml(output)}</system-out>`,
  '    </testcase>',
]

const attributes = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}="${xml(cleanLine(value))}"`)
    .join(' ')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for elements and attributes; characters that XML forbids are gone already (`clean`). */
const xml = (text: string): string => clean(text).replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
