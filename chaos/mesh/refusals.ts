import { HoldfastError } from '../../model/errors.ts'
import type { ChaosMeshResource } from '../../model/fault.ts'
import type { Selector } from '../crds/chaos-mesh.ts'
import { isOneShot } from './experiment.ts'
import { goDurationMs, goInteger } from './go-values.ts'
import { kindRefusals } from './kind-refusals.ts'
import type { AnySpec, Refusal } from './refusal.ts'
import { admission, ours } from './refusal.ts'

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
    ...('selector' in given || !withoutPods.includes(kind) ? aimRefusals(given, '') : []),
    ...(given.target !== undefined && kind === 'NetworkChaos' ? aimRefusals(given.target as AnySpec, 'target.') : []),
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

/** They aim at machines, by address or by a cloud's own names. */
const withoutPods = ['AWSChaos', 'AzureChaos', 'GCPChaos', 'PhysicalMachineChaos']

const modes = ['one', 'all', 'fixed', 'fixed-percent', 'random-max-percent']

const aimRefusals = ({ mode, value, selector }: AnySpec, at: string): Refusal[] => [
  ...modeRefusals(mode, value, at),
  ...selectorRefusals(selector as Selector | undefined, `${at}selector`),
]

const modeRefusals = (mode: unknown, value: unknown, at: string): Refusal[] => {
  if (typeof mode !== 'string' || !modes.includes(mode))
    return [admission(`${at}mode`, `must be one of ${modes.join(', ')}`, 'Write mode: "one" for any one pod.')]
  if (mode === 'one' || mode === 'all') return []
  if (typeof value !== 'string') return [admission(`${at}value`, `mode ${mode} needs it, as text`, 'Write value: "1".')]
  const number = goInteger(value)
  if (mode === 'fixed') {
    if (number !== null && number > 0) return []
    return [admission(`${at}value`, `"${value}" is no number of pods`, 'Write a whole number above 0: "1".')]
  }
  if (number === null || number < 1 || number > 100)
    return [admission(`${at}value`, `"${value}" is no percentage`, 'Write 1 to 100 without a sign: "50".')]
  if (mode === 'fixed-percent') return []
  return [ours(`${at}mode`, 'random-max-percent may choose no pod at all', 'Use fixed or fixed-percent.')]
}

const selectorRefusals = (selector: Selector | undefined, at: string): Refusal[] => {
  const { pods, namespaces: _namespaces, podPhaseSelectors: _phases, ...narrowing } = selector ?? {}
  const isEmpty = (value: object | undefined) => value === undefined || Object.keys(value).length === 0
  const others = Object.entries(narrowing).filter(([, value]) => !isEmpty(value))
  if (!isEmpty(pods) && others.length > 0) {
    const names = others.map(([name]) => name).join(', ')
    return [ours(at, `Chaos Mesh ignores ${names} beside pods`, 'Use either pods or labels.')]
  }
  if (!isEmpty(pods) || others.length > 0) return []
  return [
    ours(
      at,
      `is ${selector === undefined ? 'missing' : 'empty'}, which means every pod of the namespace`,
      'Name the labels of the pods: labelSelectors.',
    ),
  ]
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
    return [
      admission('duration', `"${String(duration)}" is no duration of Go`, 'Write 250ms, 20s, 2m or 1h30m; no days.'),
    ]
  return ms > 0 ? [] : [ours('duration', `"${String(duration)}" is not above 0`, 'Write how long it may stay: "60s".')]
}
