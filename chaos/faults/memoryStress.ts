import { z } from 'zod'
import { containerMemoryBytes, leastMemoryBytes } from '../../model/container-limits.ts'
import { durationMs } from '../../model/duration.ts'
import { HoldfastError } from '../../model/errors.ts'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, instancesOf, parser, stressGraceMs } from './define.ts'

/** Memory that a component shares is taken and kept in use. */
export interface MemoryStressFault extends FaultBase {
  kind: 'memoryStress'
  for: NonNullable<FaultBase['for']>
  target: string
  /** Millions of bytes. */
  megabytes: number
}

/** `memoryStress({ target: 'worker-1', megabytes: 256, at: '0s', for: '15s' })` */
export const memoryStress = (fault: Written<MemoryStressFault>): MemoryStressFault => ({
  kind: 'memoryStress',
  ...fault,
})

/** Above this the machine itself is at stake, and with it everything that measures. */
const maxMegabytes = 4096

export const memoryStressKind: FaultKind<MemoryStressFault> = {
  kind: 'memoryStress',
  summary: 'Takes memory beside a component and keeps it in use.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes'],
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('memoryStress'),
      target: z.string().min(1),
      megabytes: z.int().min(1, 'must be at least 1').max(maxMegabytes, `must be at most ${maxMegabytes}`),
    }),
  ),
  label: ({ target, megabytes }) => `memory stress ${megabytes} MB beside ${target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  local: (fault, target) =>
    instancesOf(target).map((instance) => ({
      driver: 'stress',
      resource: 'memory',
      instance,
      bytes: fault.megabytes * 1_000_000,
      deadlineMs: durationMs(fault.for) + stressGraceMs,
    })),
  containers: ({ megabytes }, target) => {
    const bytes = containerMemoryBytes - megabytes * 1_000_000
    if (bytes < leastMemoryBytes)
      throw new HoldfastError(
        `megabytes: leaves a container too little of its ${containerMemoryBytes / 1024 ** 2} MiB`,
        {
          hint: `Take at most ${Math.floor((containerMemoryBytes - leastMemoryBytes) / 1_000_000)} MB.`,
        },
      )
    return instancesOf(target).map((instance) => ({ driver: 'docker', action: 'memory', instance, bytes }))
  },
  chaosMesh: ({ target, megabytes }, pods) => [
    experiment('StressChaos', { ...pods(target), stressors: { memory: { workers: 1, size: `${megabytes}MB` } } }),
  ],
}
