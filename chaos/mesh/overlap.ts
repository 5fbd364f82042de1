import type { ChaosMeshResource } from '../../model/fault.ts'
import type { Selector } from '../crds/chaos-mesh.ts'

/**
 * A PodChaos and a NetworkChaos that may be on the same pod at once: Chaos Mesh does not support it (its issue 1446),
 * and may leave the network broken. Selectors that cannot be told apart count as the same pods.
 */
export const clash = (a: ChaosMeshResource, b: ChaosMeshResource): boolean => {
  const kinds = [a.kind, b.kind].sort().join()
  if (kinds !== 'NetworkChaos,PodChaos') return false
  return selectorsOf(a).some((one) => selectorsOf(b).some((other) => mayShare(one, other)))
}

/** Both ends of a link are touched. */
const selectorsOf = ({ kind, spec }: ChaosMeshResource): Selector[] => {
  const { selector, target } = spec as { selector?: Selector; target?: { selector?: Selector } }
  return [selector, kind === 'NetworkChaos' ? target?.selector : undefined].filter((one) => one !== undefined)
}

/** False when no pod can fit both. */
const mayShare = (a: Selector, b: Selector): boolean => {
  const areApart = (one: string[] | undefined, other: string[] | undefined) =>
    one !== undefined && other !== undefined && !one.some((name) => other.includes(name))
  if (areApart(a.namespaces, b.namespaces) || areApart(namesOf(a), namesOf(b))) return false
  const labels = Object.entries(a.labelSelectors ?? {})
  return !labels.some(([key, value]) => (b.labelSelectors?.[key] ?? value) !== value)
}

const namesOf = ({ pods }: Selector): string[] | undefined =>
  pods && Object.entries(pods).flatMap(([namespace, names]) => names.map((name) => `${namespace}/${name}`))
