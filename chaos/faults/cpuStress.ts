import { z } from 'zod'
import { durationMs } from '../../model/duration.ts'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, instancesOf, parser, stressGraceMs } from './define.ts'

/** Busy neighbours on the CPUs of a component: `workers` loops, each busy for `loadRatio` of the time. */
export interface CpuStressFault extends FaultBase {
  kind: 'cpuStress'
  for: NonNullable<FaultBase['for']>
  target: string
  /** Busy loops; 1 unless said. */
  workers?: number | undefined
  /** Share of the time that each loop is busy, 0..1; 1 unless said. */
  loadRatio?: number | undefined
}

/** `cpuStress({ target: 'api', loadRatio: 0.8, at: '0s', for: '15s' })` */
export const cpuStress = (fault: Written<CpuStressFault>): CpuStressFault => ({ kind: 'cpuStress', ...fault })

export const cpuStressKind: FaultKind<CpuStressFault> = {
  kind: 'cpuStress',
  summary: "Keeps a component's CPUs busy.",
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes'],
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('cpuStress'),
      target: z.string().min(1),
      workers: z.int().min(1, 'must be at least 1').max(64, 'must be at most 64').optional(),
      loadRatio: z.number().gt(0, 'must be above 0').max(1, 'must be at most 1').optional(),
    }),
  ),
  label: ({ target, workers = 1, loadRatio = 1 }) =>
    `CPU stress ${Math.round(loadRatio * 100)} %${workers === 1 ? '' : ` × ${workers}`} on ${target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  local: (fault, target) =>
    instancesOf(target).map((instance) => ({
      driver: 'stress',
      resource: 'cpu',
      instance,
      workers: fault.workers ?? 1,
      loadRatio: fault.loadRatio ?? 1,
      deadlineMs: durationMs(fault.for) + stressGraceMs,
    })),
  // Its limit: what as many loops leave of one CPU to whoever shares it with them, by a fair scheduler.
  containers: ({ workers = 1, loadRatio = 1 }, target) =>
    instancesOf(target).map((instance) => ({
      driver: 'docker',
      action: 'cpu',
      instance,
      cpus: Math.max(1 - workers * loadRatio, 1 / (workers + 1)),
    })),
  chaosMesh: ({ target, workers = 1, loadRatio = 1 }, pods) => [
    experiment('StressChaos', {
      ...pods(target),
      stressors: { cpu: { workers, load: Math.max(Math.round(loadRatio * 100), 1) } },
    }),
  ],
}
