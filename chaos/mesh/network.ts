import type { PodSelection, PodsOf } from '../../model/fault.ts'

/** The two ends of a link as a NetworkChaos has them: faults are put on `from`'s pods, for traffic with `to`'s. */
export const linkBetween = (from: string, to: string, pods: PodsOf): PodSelection & { target: PodSelection } => ({
  ...pods(from),
  target: pods(to),
})
