import { z } from 'zod'
import type { Duration } from '../../model/duration.ts'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { heldShape, parser, timeoutMsOf, timeoutShape } from './define.ts'

/** Another version, or another configuration, is rolled out under load, and rolled back. */
export interface RolloutFault extends FaultBase {
  kind: 'rollout'
  /** A component; its Deployment or StatefulSet gets the new template. */
  target: string
  /** Which container, where the pods have several. */
  container?: string | undefined
  image?: string | undefined
  /** Variables to set, by name. They go into the record: no secrets. */
  env?: Record<string, string> | undefined
  /** False: a release that is broken; the fault is active when its first pod is there, ready or not. */
  completes?: boolean | undefined
  for: NonNullable<FaultBase['for']>
  timeout?: Duration | undefined
}

/** `rollout({ target: 'api', image: 'shop/api:2', at: '0s', for: '60s' })` */
export const rollout = (fault: Written<RolloutFault>): RolloutFault => ({ kind: 'rollout', ...fault })

const variable = /^[A-Za-z_][A-Za-z0-9_.-]*$/

export const rolloutKind: FaultKind<RolloutFault> = {
  kind: 'rollout',
  summary: 'Rolls out another image or other variables of a Deployment or StatefulSet, and back.',
  oneShot: false,
  environments: ['kubernetes'],
  parse: parser(
    z
      .strictObject({
        ...heldShape,
        ...timeoutShape,
        kind: z.literal('rollout'),
        target: z.string().min(1),
        container: z.string().min(1).optional(),
        image: z.string().regex(/^\S+$/, 'must be the name of an image').optional(),
        env: z.record(z.string().regex(variable, 'must be the name of a variable'), z.string()).optional(),
        completes: z.boolean().optional(),
      })
      .refine(({ image, env = {} }) => image !== undefined || Object.keys(env).length > 0, 'must hold image or env'),
  ),
  label: ({ target, image, env = {} }) =>
    `roll out ${[image, ...Object.keys(env)].filter(Boolean).join(', ')} on ${target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  kubernetes: (fault) => ({
    action: 'rollout',
    component: fault.target,
    container: fault.container ?? null,
    image: fault.image ?? null,
    env: fault.env ?? {},
    completes: fault.completes ?? true,
    timeoutMs: timeoutMsOf(fault),
  }),
}
