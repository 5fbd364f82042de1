import { z } from 'zod'
import type { Duration } from '../../model/duration.ts'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { baseShape, parser, timeoutMsOf, timeoutShape } from './define.ts'

/** All pods replaced by others of the same template, as `kubectl rollout restart` does it. */
export interface RestartFault extends FaultBase {
  kind: 'restart'
  /** A component; its Deployment or StatefulSet is restarted. */
  target: string
  timeout?: Duration | undefined
}

/** `restart({ target: 'api', at: '0s' })` */
export const restart = (fault: Written<RestartFault>): RestartFault => ({ kind: 'restart', ...fault })

export const restartKind: FaultKind<RestartFault> = {
  kind: 'restart',
  summary: 'Replaces the pods of a Deployment or StatefulSet one after the other, once.',
  oneShot: true,
  environments: ['kubernetes'],
  parse: parser(
    z.strictObject({ ...baseShape, ...timeoutShape, kind: z.literal('restart'), target: z.string().min(1) }),
  ),
  label: ({ target }) => `restart ${target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  kubernetes: (fault) => ({ action: 'restart', component: fault.target, timeoutMs: timeoutMsOf(fault) }),
}
