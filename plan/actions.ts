import { endedPhases, evictedBy, type Inventory, type Pod, type Workload, type WorkloadRef } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ClusterAction, Injection, Target, WantedAction } from '../model/fault.ts'
import { didYouMean } from '../model/parse.ts'
import type { PodHit } from '../model/plan.ts'
import type { System } from '../model/system.ts'
import { isPartOf, listed, podsOfComponent } from './pods.ts'
import { instanceNames, podsOf } from './targets.ts'

export interface ActionContext {
  system: System
  namespace: string
  /** Begins errors: `gamedays/batchsender/demo.ts: faults[0]`. */
  place: string
  /** What the cluster has; absent where nobody has looked at one. */
  inventory?: Inventory | undefined
  pods?: Pod[] | undefined
}

/**
 * The object that an action changes.
 * @throws HoldfastError when there is none, or more than one, or the action would do nothing or could not be undone.
 */
export const settle = (wanted: WantedAction, context: ActionContext): ClusterAction => {
  if (wanted.action === 'drain') {
    const { action, timeoutMs } = wanted
    return { action, node: nodeOf(wanted, context), timeoutMs }
  }
  const { component, ...rest } = wanted
  const workload = workloadOf(component, context)
  const { kind, name } = workload
  const settled = { ...rest, workload: { kind, name } }
  refuseChanged(workloadText(workload), workload, context.place)
  if (context.inventory !== undefined) {
    if (settled.action === 'scale') checkScale(settled, workload, context.inventory, context.place)
    else checkRolledOut(workload, context.place)
  }
  if (settled.action !== 'rollout') return settled
  const container = containerOf(settled.container, workload, context)
  const action = { ...settled, container }
  if (context.inventory !== undefined) checkRollout(action, workload, context.place)
  return action
}

/** What is there now is not what the owners want to be there: neither plan nor undo could count on it. */
const refuseChanged = (what: string, { changedBy }: { changedBy: string | null }, place: string): void => {
  if (changedBy === null) return
  throw new HoldfastError(`${place}: ${what} is still as run ${changedBy} has changed it`, {
    hint: `Undo that first: holdfast cleanup ${changedBy} --env kubernetes, with the same --context and --namespace.`,
  })
}

const workloadText = ({ kind, name }: WorkloadRef): string => `${kind} ${name}`

const workloadOf = (component: string, { system, namespace, place, inventory }: ActionContext): Workload => {
  if (!Object.hasOwn(system.components, component)) {
    throw new HoldfastError(
      `${place}.target: "${component}" is one pod of a component, and only a whole one is meant`,
      {
        hint: didYouMean(component, Object.keys(system.components)),
      },
    )
  }
  const labels = podsOf(system, namespace, place)(component).selector.labelSelectors
  if (inventory === undefined) return unseen(component, labels)
  const fits = (workload: Workload) => Object.entries(labels).every(([key, value]) => workload.podLabels[key] === value)
  const [found, ...others] = inventory.workloads.filter(fits)
  const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  if (found === undefined) {
    const there = inventory.workloads.map(workloadText)
    throw new HoldfastError(
      `${place}.target: no Deployment and no StatefulSet in ${namespace} makes the pods of ${component} (${text.join(',')})`,
      { hint: there.length === 0 ? `There is none in ${namespace}.` : `There are: ${listed(there)}.` },
    )
  }
  if (others.length === 0) return found
  const several = [found, ...others].map(workloadText)
  throw new HoldfastError(`${place}.target: the pods of ${component} are made by ${several.join(' and ')}`, {
    hint: `Narrow kubernetes.selectors.${component} of the system to one of them.`,
  })
}

/** Nobody has looked: rights and times do not depend on what it is called. */
const unseen = (component: string, podLabels: Record<string, string>): Workload => ({
  kind: 'Deployment',
  name: component,
  podLabels,
  replicas: 0,
  images: { [component]: '' },
  env: {},
  mostUnavailable: 0,
  notRolledOut: null,
  changedBy: null,
})

const checkScale = (
  { replicas }: { replicas: number },
  workload: Workload,
  { autoscalers }: Inventory,
  place: string,
): void => {
  const { kind, name } = workload
  if (replicas === workload.replicas)
    throw new HoldfastError(`${place}.replicas: ${workloadText(workload)} has ${replicas} replicas already`)
  const autoscaler = autoscalers.find(({ target }) => target.kind === kind && target.name === name)
  // At 0 it leaves the workload alone, until someone sets another number.
  if (autoscaler === undefined || (replicas === 0 && autoscaler.minReplicas > 0)) return
  throw new HoldfastError(
    `${place}: the replicas of ${workloadText(workload)} are those of its HorizontalPodAutoscaler ${autoscaler.name}, which would set them back`,
    {
      hint:
        autoscaler.minReplicas > 0
          ? 'Scale to 0, which switches the autoscaler off, or change its bounds with a command fault.'
          : 'Change the bounds of the autoscaler with a command fault.',
    },
  )
}

const checkRolledOut = (workload: Workload, place: string): void => {
  if (workload.notRolledOut === null) return
  throw new HoldfastError(`${place}: ${workloadText(workload)} would not replace its pods: ${workload.notRolledOut}`)
}

const containerOf = (named: string | null, workload: Workload, { place, inventory }: ActionContext): string => {
  const names = Object.keys(workload.images)
  const [only = '', ...others] = names
  if (named === null && others.length === 0) return only
  if (named === null) {
    throw new HoldfastError(`${place}.container: is missing: the pods of ${workloadText(workload)} have several`, {
      hint: `There are: ${names.join(', ')}.`,
    })
  }
  if (names.includes(named) || inventory === undefined) return named
  throw new HoldfastError(`${place}.container: the pods of ${workloadText(workload)} have no container "${named}"`, {
    hint: didYouMean(named, names),
  })
}

const checkRollout = (
  { container, image, env, completes }: Extract<ClusterAction, { action: 'rollout' }>,
  workload: Workload,
  place: string,
): void => {
  if (!completes && workload.kind === 'StatefulSet') {
    throw new HoldfastError(`${place}.completes: ${workloadText(workload)} would not come back by itself`, {
      hint: 'A StatefulSet waits for a pod that does not become ready, also when it is rolled back: a person has to delete it.',
    })
  }
  const isSame = image === null || image === workload.images[container]
  const values = workload.env[container] ?? {}
  if (!isSame || Object.entries(env).some(([name, value]) => values[name] !== value)) return
  throw new HoldfastError(
    `${place}: ${container} of ${workloadText(workload)} is so already: nothing would be rolled out`,
  )
}

const nodeOf = (
  { node: named, target }: Extract<WantedAction, { action: 'drain' }>,
  { system, namespace, place, inventory, pods = [] }: ActionContext,
): string => {
  const labels = target === null ? {} : podsOf(system, namespace, place)(target).selector.labelSelectors
  if (inventory === undefined) return named ?? ''
  const isOne = (pod: Pod) => Object.entries(labels).every(([key, value]) => pod.labels[key] === value)
  const onNodes = pods
    .filter((pod) => isOne(pod) && pod.node !== '' && !endedPhases.includes(pod.phase))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const name = named ?? onNodes[0]?.node
  const node = inventory.nodes.find((one) => one.name === name)
  if (name === undefined) throw new HoldfastError(`${place}.target: no pod of ${target} is on a node`)
  if (node === undefined) {
    throw new HoldfastError(`${place}.node: the cluster has no node "${name}"`, {
      hint: didYouMean(
        name,
        inventory.nodes.map((one) => one.name),
      ),
    })
  }
  refuseChanged(`node ${name}`, node, place)
  if (!node.unschedulable) return name
  throw new HoldfastError(`${place}: the node ${name} is cordoned already, and the undo would open it`, {
    hint: `kubectl uncordon ${name}, or drain another one.`,
  })
}

/** Of a drain what is on the node; of all else what the game day aims at. */
export const targetOfAction = (
  injections: Injection[],
  target: Target,
  { system, pods }: Pick<ActionContext, 'system' | 'pods'>,
): Target => {
  const [injection] = injections
  if (injection?.driver !== 'kubernetes' || injection.action !== 'drain' || pods === undefined) return target
  const evicted = evictedBy(injection.node, pods)
  const instances = Object.entries(system.components).flatMap(([component, { replicas }]) =>
    instanceNames(component, replicas).slice(0, podsOfComponent(system, component, evicted).length),
  )
  return { kind: 'component', instances }
}

/**
 * The pods that an action takes away, as many at a time as `most` says.
 * @throws HoldfastError when a drain would evict none, pods of no component, or pods that nobody would make again
 */
export const actionHits = (
  { label, injections }: { label: string; injections: Injection[] },
  { system, pods, place, inventory }: Omit<ActionContext, 'namespace'> & { pods: Pod[] },
): PodHit[] => {
  const [injection] = injections
  if (injection?.driver !== 'kubernetes') return []
  if (injection.action === 'drain') {
    const evicted = evictedBy(injection.node, pods)
    refuseEvictions(evicted, { label, system, place })
    const names = evicted.map(({ name }) => name).sort()
    return [{ end: 'target', pods: names, most: names.length }]
  }
  const { kind, name } = injection.workload
  const workload = inventory?.workloads.find((one) => one.kind === kind && one.name === name)
  if (workload === undefined) return []
  const fits = ({ labels, phase }: Pod) =>
    !endedPhases.includes(phase) && Object.entries(workload.podLabels).every(([key, value]) => labels[key] === value)
  const names = pods.filter(fits).map((pod) => pod.name)
  const fewer = injection.action === 'scale' ? workload.replicas - injection.replicas : workload.mostUnavailable
  return [{ end: 'target', pods: names.sort(), most: Math.max(0, fewer) }]
}

const refuseEvictions = (
  evicted: Pod[],
  { label, system, place }: { label: string; system: System; place: string },
): void => {
  if (evicted.length === 0)
    throw new HoldfastError(`${place}: ${label} would evict nothing: no pod of the namespace is there`)
  const isKnown = (pod: Pod) => Object.keys(system.components).some((component) => isPartOf(system, component, pod))
  const strangers = evicted.filter((pod) => !isKnown(pod)).map(({ name }) => name)
  if (strangers.length > 0) {
    throw new HoldfastError(
      `${place}: ${label} would evict pods that are no component of ${system.name}: ${listed(strangers)}`,
      {
        hint: 'Drain another node, or name their labels in kubernetes.selectors of the system.',
      },
    )
  }
  const alone = evicted.filter(({ controller }) => controller === undefined).map(({ name }) => name)
  if (alone.length === 0) return
  throw new HoldfastError(`${place}: ${label} would evict unmanaged pods: ${listed(alone)}`, {
    hint: 'They belong to no ReplicaSet or StatefulSet. Drain another node.',
  })
}
