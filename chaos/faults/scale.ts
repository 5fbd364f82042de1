import { z } from 'zod'
import type { Duration } from '../../model/duration.ts'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { heldShape, parser, timeoutMsOf, timeoutShape } from './define.ts'

/** Another number of replicas: capacity that is taken away, or a component that is switched off. */
export interface ScaleFault extends FaultBase {
  kind: 'scale'
  /** A component; its Deployment or StatefulSet is scaled. */
  target: string
  replicas: number
  for: NonNullable<FaultBase['for']>
  timeout?: Duration | undefined
}

/** `scale({ target: 'worker', replicas: 1, at: '0s', for: '30s' })` */
export const scale = (fault: Written<ScaleFault>): ScaleFault => ({ kind: 'scale', ...fault })

export const scaleKind: FaultKind<ScaleFault> = {
  kind: 'scale',
  summary: 'Sets the replicas of a Deployment or StatefulSet, and back.',
  oneShot: false,
  environments: ['kubernetes'],
  parse: parser(
    z.strictObject({
      ...heldShape,
      ...timeoutShape,
      kind: z.literal('scale'),
      target: z.string().min(1),
      replicas: z.int().min(0, 'must not be negative'),
    }),
  ),
  label: ({ target, replicas }) => `scale ${target} to ${replicas}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  kubernetes: (fault) => ({
    action: 'scale',
    component: fault.target,
    replicas: fault.replicas,
    timeoutMs: timeoutMsOf(fault),
  }),
}
