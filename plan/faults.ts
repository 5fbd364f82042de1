import { faultKind, faults as faultKinds } from '../chaos/faults/index.ts'
import { clash } from '../chaos/mesh/overlap.ts'
import type { Inventory, Pod } from '../model/cluster.ts'
import { durationMs } from '../model/duration.ts'
import { HoldfastError } from '../model/errors.ts'
import {
  type ActionName,
  actionNames,
  type FaultBase,
  type FaultKind,
  type Target,
  type TargetResolver,
} from '../model/fault.ts'
import { didYouMean } from '../model/parse.ts'
import type { PlannedFault } from '../model/plan.ts'
import type { Environment, System } from '../model/system.ts'
import { actionHits, targetOfAction } from './actions.ts'
import { checkBlastRadius, refuseTooMuch } from './blast-radius.ts'
import { injectionsOf } from './injections.ts'
import { podHits } from './pods.ts'
import { resolverOf } from './targets.ts'

export interface FaultContext {
  system: System
  environment: Environment
  /** Begins errors: `gamedays/batchsender/demo.ts`. */
  file: string
  /** Offset of the end of the steady state from the load's start. */
  steadyEndMs: number
  blastRadius: Record<string, number>
  /** In `kubernetes`: where the system's pods are, and the resources go. */
  namespace?: string | undefined
  /** In `kubernetes`: every pod of the namespace. */
  pods?: Pod[] | undefined
  /** In `kubernetes`: what else of the cluster the faults act on. */
  inventory?: Inventory | undefined
}

/** What faults do to a cluster itself: for this it has to be looked at before they are planned. */
export const actionsIn = (faults: FaultBase[]): ActionName[] =>
  actionNames.filter((name) => faults.some(({ kind }) => kind === name))

/** A planned fault with the place in the game day that errors name. */
interface Placed extends PlannedFault {
  place: string
}

/**
 * Faults with their targets and injections, in order of their time.
 * @throws HoldfastError for wrong parameters, unknown targets, environments where a kind does not
 *   exist, faults that hit too much, and the same fault twice at the same time.
 */
export const planFaults = (faults: FaultBase[], context: FaultContext): PlannedFault[] => {
  refuseNoPods(faults, context)
  for (const [component, most] of Object.entries(context.blastRadius)) checkBlastRadius(component, most, context)
  const planned = faults
    .map((fault, i) => withHits(planFault(fault, `faults[${i}]`, context), context))
    .sort((a, b) => a.atMs - b.atMs)
    .map((fault, i) => ({ ...fault, id: `f${i + 1}` }))
  for (const fault of planned) {
    const others = planned.filter((other) => other !== fault && overlaps(other, fault))
    refuseTwice(fault, others, context)
    refuseTooMuch(fault, others, context)
    refuseClash(fault, others, context)
    refuseSameObject(fault, others, context)
  }
  return planned.map(({ place: _place, ...fault }) => fault)
}

const refuseNoPods = (faults: FaultBase[], { pods, namespace, file }: FaultContext): void => {
  if (pods === undefined || pods.length > 0 || faults.length === 0) return
  throw new HoldfastError(`${file}: there is no pod in the namespace ${namespace}, so nothing could be hit`, {
    hint: 'Look at --context and --namespace, and deploy the system there.',
  })
}

/** A plan lists the pods, and is refused when they are none, all, or not of this system. */
const withHits = (fault: Placed, { system, pods, inventory, file }: FaultContext): Placed => {
  if (pods === undefined) return fault
  const there = { system, pods, inventory, place: `${file}: ${fault.place}` }
  const hits = [...podHits(fault, there), ...actionHits(fault, there)]
  return hits.length === 0 ? fault : { ...fault, hits }
}

/** When a fault ends: its removal, or for a one-shot the moment itself. */
export const endOf = ({ atMs, holdMs }: Pick<PlannedFault, 'atMs' | 'holdMs'>): number => atMs + (holdMs ?? 0)

const planFault = (value: FaultBase, place: string, context: FaultContext): Placed => {
  const { system, environment, file, steadyEndMs } = context
  const kind = faultKind(value.kind)
  if (!kind) {
    throw new HoldfastError(`${file}: ${place}.kind: "${value.kind}" is no fault`, {
      hint: didYouMean(value.kind, Object.keys(faultKinds)),
    })
  }
  const fault = kind.parse(value, `${file}: ${place}`)
  if (!kind.environments.includes(environment)) refuseEnvironment(kind, context, place)
  const resolver = resolverOf(system, file)
  const at = (key: string) => (key === 'from/to' ? place : `${place}.${key}`)
  const resolve: TargetResolver = {
    instances: (name, key) => resolver.instances(name, at(key)),
    link: (from, to, key) => resolver.link(from, to, at(key)),
  }
  const wanted = kind.target(fault, resolve)
  const oneShot = typeof kind.oneShot === 'boolean' ? kind.oneShot : kind.oneShot(fault)
  const hold = oneShot ? null : holdMs(fault, `${file}: ${place}.for`)
  const injections = injectionsOf(kind, fault, wanted, { ...context, place, holdMs: hold })
  return {
    place,
    id: '',
    kind: fault.kind,
    label: fault.title ?? kind.label(fault),
    oneShot,
    target: targetOfAction(injections, wanted, context),
    atMs: steadyEndMs + durationMs(fault.at, `${file}: ${place}.at`),
    holdMs: hold,
    injections,
  }
}

const refuseEnvironment = (kind: FaultKind<FaultBase>, { environment, file }: FaultContext, place: string): never => {
  const others = Object.values(faultKinds)
    .filter((other) => (other.environments as readonly Environment[]).includes(environment))
    .map((other) => other.kind)
  throw new HoldfastError(`${file}: ${place}: ${kind.kind} does not exist in the environment ${environment}`, {
    hint: kind.instead?.[environment] ?? `Use ${others.join(' or ')}, or run it in: ${kind.environments.join(', ')}.`,
  })
}

const holdMs = (fault: FaultBase, place: string): number => {
  if (fault.for === undefined) throw new HoldfastError(`${place}: is missing`)
  const ms = durationMs(fault.for, place)
  if (ms >= 1000) return ms
  throw new HoldfastError(`${place}: is ${ms} ms; a fault shorter than 1 s cannot be proven active and removed`, {
    hint: 'Write 1s or more.',
  })
}

/** One-shots count as one moment; a fault that ends exactly when another begins does not overlap. */
const overlaps = (a: PlannedFault, b: PlannedFault): boolean =>
  a.atMs === b.atMs || (a.atMs < b.atMs ? b.atMs < endOf(a) : a.atMs < endOf(b))

const refuseTwice = (fault: Placed, others: Placed[], { file }: FaultContext): void => {
  const twin = others.find((other) => other.kind === fault.kind && sharesTarget(other.target, fault.target))
  if (!twin) return
  throw new HoldfastError(
    `${file}: ${fault.place}: ${fault.label} and ${twin.place} (${twin.label}) hit the same target at the same time`,
    {
      hint: 'Let one end before the other begins.',
    },
  )
}

const sharesTarget = (a: Target, b: Target): boolean => {
  const names = (target: Target) =>
    target.kind === 'component' ? target.instances : target.kind === 'link' ? target.proxies : []
  return names(a).some((name) => names(b).includes(name))
}

const refuseClash = (fault: Placed, others: Placed[], { file }: FaultContext): void => {
  const resourcesOf = ({ injections }: Placed) => injections.filter((injection) => injection.driver === 'chaos-mesh')
  const other = others.find((one) => resourcesOf(one).some((a) => resourcesOf(fault).some((b) => clash(a, b))))
  if (!other) return
  throw new HoldfastError(
    `${file}: ${fault.place}: ${fault.label} and ${other.place} (${other.label}) put a PodChaos and a NetworkChaos on the same pods at the same time, which Chaos Mesh does not support`,
    { hint: 'Let one end before the other begins, or aim them at pods with different labels.' },
  )
}

/** The second would take what the first has done for what was there before. */
const refuseSameObject = (fault: Placed, others: Placed[], { file }: FaultContext): void => {
  const other = others.find((one) => objectsOf(one).some((name) => objectsOf(fault).includes(name)))
  if (!other) return
  throw new HoldfastError(
    `${file}: ${fault.place}: ${fault.label} and ${other.place} (${other.label}) change ${objectsOf(fault)[0]} at the same time`,
    { hint: 'Let one end before the other begins.' },
  )
}

const objectsOf = ({ injections }: Placed): string[] =>
  injections.flatMap((injection) => {
    if (injection.driver !== 'kubernetes') return []
    return injection.action === 'drain'
      ? [`the node ${injection.node}`]
      : [`the ${injection.workload.kind} ${injection.workload.name}`]
  })
