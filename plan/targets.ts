import { HoldfastError } from '../model/errors.ts'
import type { PodsOf, TargetResolver } from '../model/fault.ts'
import { didYouMean } from '../model/parse.ts'
import type { System } from '../model/system.ts'

/** Instance names of a component: `api`, or `worker-1`, `worker-2`. */
export const instanceNames = (component: string, replicas: number): string[] =>
  replicas === 1 ? [component] : Array.from({ length: replicas }, (_, i) => `${component}-${i + 1}`)

/** The component that an instance belongs to. */
export const componentOf = (system: System, instance: string): string => {
  const found = Object.entries(system.components).find(([name, { replicas }]) =>
    instanceNames(name, replicas).includes(instance),
  )
  if (!found) throw new HoldfastError(`${system.name} has no instance "${instance}"`)
  return found[0]
}

/** Looks up names in a system. `file` begins its errors. */
export const resolverOf = (system: System, file: string): TargetResolver => ({
  instances: (name, place) => {
    const component = Object.hasOwn(system.components, name) ? system.components[name] : undefined
    if (component) return instanceNames(name, component.replicas)
    const all = Object.entries(system.components).flatMap(([part, { replicas }]) => instanceNames(part, replicas))
    if (all.includes(name)) return [name]
    refuseNumber(system, name, `${file}: ${place}`)
    const names = [...new Set([...Object.keys(system.components), ...all])]
    throw new HoldfastError(`${file}: ${place}: ${system.name} has no component "${name}"`, {
      hint: didYouMean(name, names),
    })
  },
  link: (from, to, place) => {
    if (system.links.some((link) => link.from === from && link.to === to)) return [`${from}-${to}`]
    const links = system.links.map((link) => `${link.from} → ${link.to}`)
    throw new HoldfastError(`${file}: ${place}: ${system.name} has no link ${from} → ${to}`, {
      hint: `There are: ${links.join(', ')}.`,
    })
  },
})

/** In a cluster there may be fewer of a component than a game day counts on. */
const refuseNumber = (system: System, name: string, place: string): void => {
  const component = /^(.+)-\d+$/.exec(name)?.[1] ?? ''
  const replicas = Object.hasOwn(system.components, component) ? system.components[component]?.replicas : undefined
  if (replicas === undefined) return
  throw new HoldfastError(`${place}: there is no ${name}: ${system.name} has ${replicas} ${component}`, {
    hint: `There are: ${instanceNames(component, replicas).join(', ') || 'none'}.`,
  })
}

/** The pods of a component in a namespace. `place` begins its errors. */
export const podsOf =
  (system: System, namespace: string, place: string): PodsOf =>
  (name) => {
    const isComponent = name === 'client' || Object.hasOwn(system.components, name)
    const component = isComponent ? name : componentOf(system, name)
    const labels = system.kubernetes?.selectors[component]
    if (labels !== undefined && Object.keys(labels).length > 0)
      return {
        mode: isComponent ? 'all' : 'one',
        selector: { namespaces: [namespace], labelSelectors: labels, podPhaseSelectors: ['Running'] },
      }
    throw new HoldfastError(`${place}: ${system.name} names no labels for the pods of ${component}`, {
      hint:
        component === 'client'
          ? 'Aim at a link between components, or name the pods that its requests come through (an ingress) in kubernetes.selectors.client of the system.'
          : `Add them to kubernetes.selectors.${component} of the system.`,
    })
  }
