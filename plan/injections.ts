import { isOneShot, withDuration } from '../chaos/mesh/experiment.ts'
import { inNamespace } from '../chaos/mesh/in-namespace.ts'
import { refuseResource } from '../chaos/mesh/refusals.ts'
import type { Inventory, Pod } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import type { FaultBase, FaultKind, Injection, Target } from '../model/fault.ts'
import type { Environment, System } from '../model/system.ts'
import { settle } from './actions.ts'
import { podsOf } from './targets.ts'

export interface InjectionContext {
  system: System
  environment: Environment
  namespace?: string | undefined
  pods?: Pod[] | undefined
  inventory?: Inventory | undefined
  file: string
  place: string
  /** Null for one-shots. */
  holdMs: number | null
}

/** Of one answer; it is asked again until it says what it should. */
const probeTimeoutMs = 10_000

/**
 * What a fault becomes in the environment of the run.
 * @throws HoldfastError when a cluster's pods are needed and the system or the user does not name them.
 */
export const injectionsOf = (
  kind: FaultKind<FaultBase>,
  fault: FaultBase,
  target: Target,
  context: InjectionContext,
): Injection[] => {
  const place = `${context.file}: ${context.place}`
  // A command has one of its own.
  if (fault.probe !== undefined && !kind.chaosMesh && fault.kind !== 'command') {
    throw new HoldfastError(`${place}.probe: would never be asked: ${kind.kind} becomes no resource of a cluster`, {
      hint: 'Leave it out: this kind is proven by Holdfast itself.',
    })
  }
  const injections = become(kind, fault, target, context, place)
  if (injections.length > 0) return injections
  throw new HoldfastError(`${place}: this ${kind.kind} does not exist in the environment ${context.environment}`, {
    hint: 'docs/game-days.md says what each kind can hit, and where.',
  })
}

const become = (
  kind: FaultKind<FaultBase>,
  fault: FaultBase,
  target: Target,
  { system, environment, namespace, pods, inventory, holdMs }: InjectionContext,
  place: string,
): Injection[] => {
  if (environment === 'containers' && kind.containers)
    return placed(place, () => kind.containers?.(fault, target) ?? [])
  if (environment !== 'kubernetes' || !(kind.chaosMesh || kind.kubernetes)) return kind.local?.(fault, target) ?? []
  if (namespace === undefined) throw new HoldfastError(`${place}: the namespace of the system is not known`)
  if (kind.kubernetes) {
    const action = settle(kind.kubernetes(fault), { system, namespace, place, inventory, pods })
    return [{ driver: 'kubernetes', namespace, ...action }]
  }
  if (!kind.chaosMesh) return []
  return kind.chaosMesh(fault, podsOf(system, namespace, place)).map((written) => {
    const wanted = withDuration(written, holdMs)
    refuseResource(wanted, place)
    const resource = inNamespace(wanted, namespace, place)
    const probe = fault.probe && { probe: { argv: fault.probe, timeoutMs: probeTimeoutMs } }
    return { driver: 'chaos-mesh', namespace, ...resource, oneShot: isOneShot(resource), ...probe }
  })
}

/** What a kind refuses by itself does not know its place in the game day. */
const placed = <T>(place: string, act: () => T): T => {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    throw new HoldfastError(`${place}.${error.message}`, error.hint === undefined ? {} : { hint: error.hint })
  }
}
