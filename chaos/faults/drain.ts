import { z } from 'zod'
import type { Duration } from '../../model/duration.ts'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { heldShape, parser, timeoutMsOf, timeoutShape } from './define.ts'

/**
 * A node goes into maintenance: it takes no new pods, and those of the namespace are evicted as their
 * PodDisruptionBudgets allow it. Pods of other namespaces stay where they are.
 */
export interface DrainFault extends FaultBase {
  kind: 'drain'
  /** Name of the node. */
  node?: string | undefined
  /** Instead: a component or an instance (`worker-1`); the node that the first of its pods is on. */
  target?: string | undefined
  for: NonNullable<FaultBase['for']>
  timeout?: Duration | undefined
}

/** `drain({ target: 'worker-1', at: '0s', for: '60s' })` */
export const drain = (fault: Written<DrainFault>): DrainFault => ({ kind: 'drain', ...fault })

export const drainKind: FaultKind<DrainFault> = {
  kind: 'drain',
  summary: 'Cordons a node and evicts the pods of the namespace from it; uncordons it.',
  oneShot: false,
  environments: ['kubernetes'],
  parse: parser(
    z
      .strictObject({
        ...heldShape,
        ...timeoutShape,
        kind: z.literal('drain'),
        node: z.string().min(1).optional(),
        target: z.string().min(1).optional(),
      })
      .refine(({ node, target }) => (node === undefined) !== (target === undefined), 'must hold either node or target'),
  ),
  label: ({ node, target }) => `drain ${node ?? `the node of ${target}`}`,
  // Which pods are on the node is the cluster's to say; a plan puts them here.
  target: (fault, resolve) =>
    fault.target === undefined
      ? { kind: 'none' }
      : { kind: 'component', instances: resolve.instances(fault.target, 'target').slice(0, 1) },
  kubernetes: (fault) => ({
    action: 'drain',
    node: fault.node ?? null,
    target: fault.target ?? null,
    timeoutMs: timeoutMsOf(fault),
  }),
}
