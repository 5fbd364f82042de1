import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/** The fault that does nothing: the template for new kinds, and the control run of an experiment. */
export interface NoneFault extends FaultBase {
  kind: 'none'
  for: NonNullable<FaultBase['for']>
}

/** `none({ at: '0s', for: '10s' })` */
export const none = (fault: Written<NoneFault>): NoneFault => ({ kind: 'none', ...fault })

export const noneKind: FaultKind<NoneFault> = {
  kind: 'none',
  summary: 'Does nothing: the control, to see what the harness itself does to the figures.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes', 'external'],
  parse: parser(z.strictObject({ ...heldShape, kind: z.literal('none') })),
  label: () => 'no fault',
  target: () => ({ kind: 'none' }),
  local: () => [{ driver: 'none' }],
}
