import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/** The clock of a component's processes is wrong: tokens expire, timers and orders by time go astray. */
export interface ClockSkewFault extends FaultBase {
  kind: 'clockSkew'
  for: NonNullable<FaultBase['for']>
  target: string
  /** How far its clock is ahead; behind when negative. */
  offsetSeconds: number
}

/** `clockSkew({ target: 'api', offsetSeconds: -300, at: '0s', for: '20s' })` */
export const clockSkew = (fault: Written<ClockSkewFault>): ClockSkewFault => ({ kind: 'clockSkew', ...fault })

export const clockSkewKind: FaultKind<ClockSkewFault> = {
  kind: 'clockSkew',
  summary: "Sets the clock of a component's processes wrong.",
  oneShot: false,
  environments: ['kubernetes'],
  instead: { local: 'All local parts and Holdfast share one clock: there is nothing to use instead.' },
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('clockSkew'),
      target: z.string().min(1),
      offsetSeconds: z.int().refine((seconds) => seconds !== 0, 'must not be 0'),
    }),
  ),
  label: ({ target, offsetSeconds }) =>
    `clock of ${target} ${Math.abs(offsetSeconds)} s ${offsetSeconds > 0 ? 'ahead' : 'behind'}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  chaosMesh: ({ target, offsetSeconds }, pods) => [
    experiment('TimeChaos', { ...pods(target), timeOffset: `${offsetSeconds}s` }),
  ],
}
