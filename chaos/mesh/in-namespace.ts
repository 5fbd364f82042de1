import { HoldfastError } from '../../model/errors.ts'
import type { ChaosMeshResource } from '../../model/fault.ts'
import type { Selector } from '../crds/chaos-mesh.ts'

interface Aim {
  selector?: Selector
  target?: Aim
}

/**
 * A resource that was found right, with the namespace in its selectors. Chaos Mesh itself would fill in the resource's;
 * said here, the plan shows what will be hit.
 * @param place begins the error
 * @throws HoldfastError when it names pods of another namespace
 */
export const inNamespace = ({ kind, spec }: ChaosMeshResource, namespace: string, place: string): ChaosMeshResource => {
  const fill = (aim: Aim, at: string): Aim => {
    const { selector, target } = aim
    return {
      ...aim,
      ...(selector ? { selector: within(selector, namespace, `${place}: ${kind}: ${at}.selector`) } : {}),
      ...(kind === 'NetworkChaos' && target ? { target: fill(target, `${at}.target`) } : {}),
    }
  }
  return { kind, spec: fill(spec, 'spec') }
}

const within = (given: Selector, namespace: string, place: string): Selector => {
  // As Chaos Mesh reads them, empty parts say nothing.
  const parts = Object.entries(given).filter(([, part]) => Object.keys(part ?? {}).length > 0)
  const { namespaces = [], ...selector }: Selector = Object.fromEntries(parts)
  const named = Object.keys(selector.pods ?? {})
  const other = [...namespaces, ...named].find((name) => name !== namespace)
  if (other === undefined) return named.length > 0 ? selector : { namespaces: [namespace], ...selector }
  throw new HoldfastError(`${place}: names the namespace ${other}, and faults never leave ${namespace}`, {
    hint: 'Leave namespaces out, or run it with --namespace for the other one.',
  })
}
