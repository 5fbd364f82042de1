import type { Pod } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import { didYouMean } from '../model/parse.ts'
import type { PlannedFault } from '../model/plan.ts'
import type { System } from '../model/system.ts'
import { podsOfComponent } from './pods.ts'
import { componentOf } from './targets.ts'

/** The part of a plan's context that says how much may be hit. */
export interface BlastContext {
  system: System
  /** Begins errors. */
  file: string
  blastRadius: Record<string, number>
  pods?: Pod[] | undefined
}

/** A fault with the place in the game day that errors name. */
type Placed = Pick<PlannedFault, 'label' | 'target' | 'hits' | 'injections'> & { place: string }

/** @throws HoldfastError when a game day allows more of a component than there is, or of one that is not there. */
export const checkBlastRadius = (component: string, most: number, { system, file, pods }: BlastContext): void => {
  const replicas = Object.hasOwn(system.components, component) ? system.components[component]?.replicas : undefined
  const place = `${file}: blastRadius.${component}`
  if (replicas === undefined) {
    throw new HoldfastError(`${place}: ${system.name} has no such component`, {
      hint: didYouMean(component, Object.keys(system.components)),
    })
  }
  // A cluster has as many as it has: what is hit is counted there.
  if (most > replicas && pods === undefined)
    throw new HoldfastError(`${place}: is ${most}, and there are only ${replicas}`)
}

/**
 * At most half of a component's replicas at a time, unless the game day says otherwise.
 * @param others the faults that are active at the same time
 */
export const refuseTooMuch = (fault: Placed, others: Placed[], context: BlastContext): void => {
  const { system, file, blastRadius, pods } = context
  const together = [fault, ...others].flatMap((one) => sharesOf(one, context))
  for (const component of new Set(sharesOf(fault, context).map((share) => share.component))) {
    const replicas = system.components[component]?.replicas ?? 0
    const most = blastRadius[component] ?? Math.floor(replicas / 2)
    const there = pods === undefined ? null : podsOfComponent(system, component, pods)
    const { count, names } = sum(together.filter((share) => share.component === component))
    if (count <= most) continue
    const among = there ?? names
    const which = among.length > count ? `${count} of ${among.join(', ')}` : among.join(' and ')
    const [instance] = fault.target.kind === 'component' ? fault.target.instances : []
    const aim = instance === undefined ? 'Narrow its selector or mode' : `Aim at one instance (${instance})`
    // Of the cluster itself nothing smaller can be aimed at.
    const isAction = fault.injections.some(({ driver }) => driver === 'kubernetes')
    throw new HoldfastError(
      `${file}: ${fault.place}: ${fault.label} would hit ${which}: ${count} of ${replicas} ${component}, at most ${most} may be hit at a time`,
      {
        hint: `${replicas > 1 && !isAction ? `${aim}, or write` : 'Write'} blastRadius: { ${component}: ${count} } if that is wanted.`,
      },
    )
  }
}

/** What one fault hits of one component: at most so many of these. */
interface Share {
  component: string
  names: string[]
  most: number
}

/** Of a link no part is hit. In a cluster the pods count that were found, also those of a selector of its own. */
const sharesOf = ({ target, hits }: Placed, { system, pods }: BlastContext): Share[] => {
  if (target.kind === 'link') return []
  if (hits === undefined || pods === undefined) {
    const instances = target.kind === 'component' ? target.instances : []
    return instances.map((name) => ({ component: componentOf(system, name), names: [name], most: 1 }))
  }
  return hits
    .filter(({ end }) => end === 'target')
    .flatMap((hit) =>
      Object.keys(system.components).flatMap((component) => {
        const names = podsOfComponent(system, component, pods).filter((name) => hit.pods.includes(name))
        return names.length === 0 ? [] : [{ component, names, most: Math.min(hit.most, names.length) }]
      }),
    )
}

/** Which pods of several a fault hits is Chaos Mesh's to choose: two faults may choose the same, or not. */
const sum = (shares: Share[]): { count: number; names: string[] } => {
  const names = [...new Set(shares.flatMap((share) => share.names))].sort()
  const sure = new Set(shares.filter((share) => share.most === share.names.length).flatMap((share) => share.names))
  const chosen = shares.filter((share) => share.most < share.names.length).reduce((most, share) => most + share.most, 0)
  return { count: Math.min(sure.size + chosen, names.length), names }
}
