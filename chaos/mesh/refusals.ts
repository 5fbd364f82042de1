import { HoldfastError } from '../../model/errors.ts'
import type { ChaosMeshResource } from '../../model/fault.ts'
import { shown } from '../../model/parse.ts'
import { isOneShot } from './experiment.ts'
import { goDurationMs, goInteger } from './go-values.ts'
import { kindRefusals } from './kind-refusals.ts'
import type { AnySpec, Refusal } from './refusal.ts'
import { admission, isThere, ours, record } from './refusal.ts'
import { selectorRefusals } from './selector-refusals.ts'

/**
 * @throws HoldfastError with the first thing that is wrong with a spec, by Chaos Mesh's rules and by ours.
 * @param place begins the error: `gamedays/shop/cut.ts: faults[0]`
 */
export const refuseResource = (resource: ChaosMeshResource, place: string): void => {
  const [refusal] = refusalsOf(resource)
  if (refusal === undefined) return
  throw new HoldfastError(`${place}: ${resource.kind}: spec.${refusal.path}: ${refusal.message}`, {
    hint: refusal.hint,
  })
}

/**
 * Everything that is wrong with a spec before it is sent: what Chaos Mesh's admission would refuse, and what it
 * takes although nothing good can come of it. What only the API server can tell (unknown fields) is not among it.
 */
export const refusalsOf = ({ kind, spec }: ChaosMeshResource): Refusal[] => {
  const given = spec as AnySpec
  return [
    ...(withoutPods.includes(kind) ? machineRefusals(kind, given) : aimRefusals(given, '')),
    ...(isThere(given.target) && kind === 'NetworkChaos' ? aimRefusals(record(given.target), 'target.') : []),
    ...durationRefusals({ kind, spec: given }),
    ...(given.remoteCluster === undefined
      ? []
      : [
          ours(
            'remoteCluster',
            'the fault would be where Holdfast cannot see it',
            'Run Holdfast against that cluster.',
          ),
        ]),
    ...(kindRefusals[kind]?.(given) ?? []),
  ]
}

/** They aim at machines, by address or by a cloud's own names: nothing of them is listed before the run. */
const withoutPods = ['AWSChaos', 'AzureChaos', 'GCPChaos', 'PhysicalMachineChaos']

const machineRefusals = (kind: string, { selector }: AnySpec): Refusal[] => {
  if (!isThere(selector)) return []
  const by = kind === 'PhysicalMachineChaos' ? ours : admission
  return [by('selector', 'which machines it fits cannot be told before the run', 'Name each machine.')]
}

const modes = ['one', 'all', 'fixed', 'fixed-percent', 'random-max-percent']

const aimRefusals = ({ mode, value, selector }: AnySpec, at: string): Refusal[] => [
  ...modeRefusals(mode, value, at),
  ...selectorRefusals(selector, `${at}selector`),
]

const modeRefusals = (mode: unknown, value: unknown, at: string): Refusal[] => {
  if (typeof mode !== 'string' || !modes.includes(mode))
    return [admission(`${at}mode`, `must be one of ${modes.join(', ')}`, 'Write mode: "one" for any one pod.')]
  if (mode === 'one' || mode === 'all') return []
  if (typeof value !== 'string') return [admission(`${at}value`, `mode ${mode} needs it, as text`, 'Write value: "1".')]
  const number = goInteger(value)
  if (mode === 'fixed') {
    if (number !== null && number > 0) return []
    return [admission(`${at}value`, `${shown(value)} is no number of pods`, 'Write a whole number above 0: "1".')]
  }
  if (number === null || number < 1 || number > 100)
    return [admission(`${at}value`, `${shown(value)} is no percentage`, 'Write 1 to 100 without a sign: "50".')]
  if (mode === 'fixed-percent') return []
  return [ours(`${at}mode`, 'random-max-percent may choose no pod at all', 'Use fixed or fixed-percent.')]
}

const durationRefusals = ({ kind, spec }: { kind: string; spec: AnySpec }): Refusal[] => {
  const { duration } = spec
  if (isOneShot({ kind, spec })) {
    if (duration === undefined) return []
    return [ours('duration', `is ignored: ${String(spec.action)} happens once`, 'Leave it out.')]
  }
  if (duration === undefined || duration === '')
    return [ours('duration', 'is missing: the fault would stay for ever', 'Write how long it may stay: "60s".')]
  const ms = typeof duration === 'string' ? goDurationMs(duration) : null
  if (ms === null)
    return [admission('duration', `${shown(duration)} is no duration of Go`, 'Write 250ms, 20s, 2m or 1h30m; no days.')]
  return ms > 0 ? [] : [ours('duration', `${shown(duration)} is not above 0`, 'Write how long it may stay: "60s".')]
}
