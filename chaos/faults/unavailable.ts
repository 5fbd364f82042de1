import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, instancesOf, parser } from './define.ts'

/** The process is down for a while: a node that is gone, a deployment that does not come up. */
export interface UnavailableFault extends FaultBase {
  kind: 'unavailable'
  /** A component (`worker`: all its instances) or one instance (`worker-1`). */
  target: string
  for: NonNullable<FaultBase['for']>
}

/** `unavailable({ target: 'worker', at: '0s', for: '20s' })` */
export const unavailable = (fault: Written<UnavailableFault>): UnavailableFault => ({ kind: 'unavailable', ...fault })

export const unavailableKind: FaultKind<UnavailableFault> = {
  kind: 'unavailable',
  summary: 'Ends the process and keeps it down until the fault is removed.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes'],
  parse: parser(z.strictObject({ ...heldShape, kind: z.literal('unavailable'), target: z.string().min(1) })),
  label: (fault) => `take down ${fault.target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  local: (_fault, target) => instancesOf(target).map((instance) => ({ driver: 'process', action: 'hold', instance })),
  containers: (_fault, target) =>
    instancesOf(target).map((instance) => ({ driver: 'docker', action: 'hold', instance })),
  chaosMesh: (fault, pods) => [experiment('PodChaos', { action: 'pod-failure', ...pods(fault.target) })],
}
