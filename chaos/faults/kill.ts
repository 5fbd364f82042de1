import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { baseShape, instancesOf, parser } from './define.ts'

/** The process is gone from one moment to the next, with everything that it had not stored. */
export interface KillFault extends FaultBase {
  kind: 'kill'
  /** A component (`worker`: all its instances) or one instance (`worker-1`). */
  target: string
}

/** `kill({ target: 'api', at: '0s' })` */
export const kill = (fault: Written<KillFault>): KillFault => ({ kind: 'kill', ...fault })

export const killKind: FaultKind<KillFault> = {
  kind: 'kill',
  summary: 'Ends the process at once (SIGKILL); its supervisor starts it again.',
  oneShot: true,
  environments: ['local', 'containers', 'kubernetes'],
  parse: parser(z.strictObject({ ...baseShape, kind: z.literal('kill'), target: z.string().min(1) })),
  label: (fault) => `kill ${fault.target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  local: (_fault, target) => instancesOf(target).map((instance) => ({ driver: 'process', action: 'kill', instance })),
  containers: (_fault, target) =>
    instancesOf(target).map((instance) => ({ driver: 'docker', action: 'kill', instance })),
  // The pod is deleted and its owner makes another; no grace, as SIGKILL gives none.
  chaosMesh: (fault, pods) => [experiment('PodChaos', { action: 'pod-kill', gracePeriod: 0, ...pods(fault.target) })],
}
