import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { heldShape, instancesOf, parser } from './define.ts'

/** The process hangs: a long garbage collection, a stalled disk, a paused virtual machine. */
export interface FreezeFault extends FaultBase {
  kind: 'freeze'
  /** A component (`worker`: all its instances) or one instance (`worker-1`). */
  target: string
  for: NonNullable<FaultBase['for']>
}

/** `freeze({ target: 'worker-1', at: '0s', for: '10s' })` */
export const freeze = (fault: Written<FreezeFault>): FreezeFault => ({ kind: 'freeze', ...fault })

export const freezeKind: FaultKind<FreezeFault> = {
  kind: 'freeze',
  summary: 'Stops the process without ending it (SIGSTOP; a container is paused): sockets stay open, nothing answers.',
  oneShot: false,
  environments: ['local', 'containers'],
  instead: {
    kubernetes:
      'Chaos Mesh cannot stop a process in a pod: use partition (connections stay open, nothing answers) or unavailable.',
  },
  parse: parser(z.strictObject({ ...heldShape, kind: z.literal('freeze'), target: z.string().min(1) })),
  label: (fault) => `freeze ${fault.target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  local: (_fault, target) => instancesOf(target).map((instance) => ({ driver: 'process', action: 'freeze', instance })),
  containers: (_fault, target) =>
    instancesOf(target).map((instance) => ({ driver: 'docker', action: 'freeze', instance })),
}
