import type { Selector } from '../chaos/crds/chaos-mesh.ts'
import { endedPhases, type Pod } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import type { Injection } from '../model/fault.ts'
import type { PlannedFault, PodHit } from '../model/plan.ts'
import type { System } from '../model/system.ts'

/** The parts of a spec that say which pods are hit. */
interface Aim {
  mode?: string
  value?: string
  selector?: Selector
  target?: Aim
}

/** Names of a component's pods that run, without those on their way out: only these can be hit, and only these serve. */
export const podsOfComponent = (system: System, component: string, pods: Pod[]): string[] =>
  pods
    .filter((pod) => isPartOf(system, component, pod) && !pod.ending && pod.phase === 'Running')
    .map(({ name }) => name)
    .sort()

/** Whether a pod has the labels of a component, whatever its phase. */
export const isPartOf = (system: System, component: string, pod: Pod): boolean => {
  const labels = system.kubernetes?.selectors[component]
  return labels !== undefined && hasLabels(pod, labels)
}

/** A system with as many replicas as pods were found; what has no labels keeps its own number. */
export const withPodsFound = (system: System, pods: Pod[]): System => ({
  ...system,
  components: Object.fromEntries(
    Object.entries(system.components).map(([name, component]) => {
      const isKnown = system.kubernetes?.selectors[name] !== undefined
      const replicas = isKnown ? podsOfComponent(system, name, pods).length : component.replicas
      return [name, { ...component, replicas }]
    }),
  ),
})

/**
 * The pods that a fault would hit; first those that it is put on, then the other ends of its link.
 * @param place begins errors
 * @throws HoldfastError when it would hit none, all that there are, or pods of no component
 */
export const podHits = (
  fault: Pick<PlannedFault, 'label' | 'target' | 'injections'>,
  { system, pods, place }: { system: System; pods: Pod[]; place: string },
): PodHit[] =>
  fault.injections
    .filter((injection) => injection.driver === 'chaos-mesh')
    .flatMap((injection) => {
      const { selector, target, ...aim } = injection.spec as Aim
      if (selector === undefined) return [] // machines: no pods
      const hit = hitOf({ ...aim, selector }, 'target', injection, { pods, place, label: fault.label })
      if (fault.target.kind === 'none') refuseStrangers(hit, fault.label, { system, pods, place })
      const there = pods.filter(({ phase }) => !endedPhases.includes(phase))
      if (hit.most >= there.length && fault.target.kind !== 'component') refuseAll(hit, fault.label, place)
      return injection.kind !== 'NetworkChaos' || target?.selector === undefined
        ? [hit]
        : [hit, hitOf(target, 'peer', injection, { pods, place, label: fault.label })]
    })

const hitOf = (
  { selector = {}, mode = 'all', value }: Aim,
  end: PodHit['end'],
  { namespace }: Extract<Injection, { driver: 'chaos-mesh' }>,
  { pods, place, label }: { pods: Pod[]; place: string; label: string },
): PodHit => {
  const selected = selectPods({ namespaces: [namespace], ...selector }, pods, place)
  if (end === 'target') refuseEnded(selected, selector, { place, label })
  const names = selected.map(({ name }) => name).sort()
  if (names.length > 0) return { end, pods: names, most: mostOf(mode, value, names.length) }
  const there = pods.map(({ name }) => name).sort()
  throw new HoldfastError(
    `${place}: ${label} would hit nothing: no running pod in ${namespace} fits ${selectorText(selector)}`,
    {
      hint:
        there.length === 0
          ? `There is no pod in ${namespace}.`
          : `There are: ${listed(there)}. Look at their labels with: kubectl -n ${namespace} get pods --show-labels`,
    },
  )
}

/** Chaos Mesh would choose them too, and never inject: https://github.com/chaos-mesh/chaos-mesh/issues/4476 */
const refuseEnded = (selected: Pod[], selector: Selector, { place, label }: { place: string; label: string }): void => {
  const ended = selected.filter(({ phase }) => endedPhases.includes(phase)).map(({ name }) => name)
  if (ended.length === 0) return
  throw new HoldfastError(`${place}: ${label} would select finished pods: ${listed(ended.sort())}`, {
    hint:
      selector.pods === undefined
        ? "Add podPhaseSelectors: ['Running'] to the selector."
        : 'Name pods that run, or select them by their labels.',
  })
}

/** Of a share Chaos Mesh rounds up. */
const mostOf = (mode: string, value: string | undefined, count: number): number => {
  if (mode === 'one') return 1
  if (mode === 'fixed') return Math.min(Number(value), count)
  return mode === 'fixed-percent' ? Math.ceil((count * Number(value)) / 100) : count
}

const refuseAll = ({ pods }: PodHit, label: string, place: string): void => {
  throw new HoldfastError(`${place}: ${label} would hit every pod of the namespace: ${listed(pods)}`, {
    hint: 'Aim at a component, or narrow the selector.',
  })
}

const refuseStrangers = (
  { pods: names }: PodHit,
  label: string,
  { system, pods, place }: { system: System; pods: Pod[]; place: string },
): void => {
  const known = Object.values(system.kubernetes?.selectors ?? {})
  const strangers = pods
    .filter(({ name }) => names.includes(name))
    .filter((pod) => !known.some((labels) => hasLabels(pod, labels)))
  if (strangers.length === 0) return
  const list = listed(strangers.map(({ name }) => name))
  throw new HoldfastError(`${place}: ${label} would hit pods that are no component of ${system.name}: ${list}`, {
    hint: 'Narrow the selector, or name their labels in kubernetes.selectors of the system.',
  })
}

/** Pods that a selector of Chaos Mesh picks. @throws HoldfastError for what cannot be told from the pods alone. */
export const selectPods = (selector: Selector, pods: Pod[], place: string): Pod[] => {
  if (selector.nodeSelectors !== undefined) {
    throw new HoldfastError(`${place}: selector.nodeSelectors: which pods that are can't be told before the run`, {
      hint: 'Use nodes (their names), or labels of pods.',
    })
  }
  const { namespaces, nodes, podPhaseSelectors, pods: named } = selector
  return pods.filter((pod) => {
    if (named !== undefined) return named[pod.namespace]?.includes(pod.name) ?? false
    return (
      (namespaces === undefined || namespaces.includes(pod.namespace)) &&
      hasLabels(pod, selector.labelSelectors ?? {}) &&
      (selector.expressionSelectors ?? []).every((expression) => fits(expression, pod.labels)) &&
      Object.entries(selector.annotationSelectors ?? {}).every(([key, value]) => pod.annotations[key] === value) &&
      Object.entries(selector.fieldSelectors ?? {}).every(([field, value]) => fieldOf(pod, field, place) === value) &&
      (nodes === undefined || nodes.includes(pod.node)) &&
      fitsPhase(podPhaseSelectors, pod.phase)
    )
  })
}

/** Any of those that are named, and none with a `!` before it. */
const fitsPhase = (wanted: string[] = [], phase: string): boolean => {
  const included = wanted.filter((one) => !one.startsWith('!'))
  return (included.length === 0 || included.includes(phase)) && !wanted.includes(`!${phase}`)
}

const hasLabels = ({ labels }: Pod, wanted: Record<string, string>): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

const fits = (
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  labels: Record<string, string>,
): boolean => {
  const value = labels[key]
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  const listed = value !== undefined && values.includes(value)
  return operator === 'In' ? listed : !listed
}

const fieldOf = (pod: Pod, field: string, place: string): string => {
  const known: Record<string, string> = {
    'metadata.name': pod.name,
    'metadata.namespace': pod.namespace,
    'spec.nodeName': pod.node,
    'status.phase': pod.phase,
  }
  const value = known[field]
  if (value !== undefined) return value
  throw new HoldfastError(`${place}: selector.fieldSelectors: "${field}" is not known`, {
    hint: `There are: ${Object.keys(known).join(', ')}.`,
  })
}

const selectorText = ({ namespaces: _namespaces, ...selector }: Selector): string =>
  Object.entries(selector.labelSelectors ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || JSON.stringify(selector)

const most = 12
/** Names, and how many more there are where they are many. */
export const listed = (names: string[]): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
