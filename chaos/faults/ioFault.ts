import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/** File operations below a mounted volume come late or fail. Exactly one of `delayMs` and `errno`. */
export interface IoFault extends FaultBase {
  kind: 'ioFault'
  for: NonNullable<FaultBase['for']>
  target: string
  /** Where the volume is mounted in the container: `/var/lib/postgresql/data`. */
  volumePath: string
  /** Which files below it: `/var/lib/postgresql/data/pg_wal/*`; all unless said. */
  path?: string | undefined
  delayMs?: number | undefined
  /** Error number of Linux: 5 is EIO, 28 is ENOSPC. */
  errno?: number | undefined
  /** Share of the operations that are hit, 0..1; 1 unless said. */
  ratio?: number | undefined
}

/** `ioFault({ target: 'postgres', volumePath: '/var/lib/postgresql/data', delayMs: 100, at: '0s', for: '20s' })` */
export const ioFault = (fault: Written<IoFault>): IoFault => ({ kind: 'ioFault', ...fault })

const absolute = z.string().startsWith('/', 'must be an absolute path')

export const ioFaultKind: FaultKind<IoFault> = {
  kind: 'ioFault',
  summary: 'Delays file operations of a component below a mounted volume, or lets them fail.',
  oneShot: false,
  environments: ['kubernetes'],
  instead: { local: 'Files of a local process cannot be hit: use freeze or unavailable.' },
  parse: parser(
    z
      .strictObject({
        ...heldShape,
        kind: z.literal('ioFault'),
        target: z.string().min(1),
        volumePath: absolute,
        path: absolute.optional(),
        delayMs: z.int().min(1, 'must be at least 1 ms').optional(),
        errno: z.int().min(1, 'must be at least 1').optional(),
        ratio: z.number().min(0.01, 'must be at least 0.01').max(1, 'must be at most 1').optional(),
      })
      .refine(({ delayMs, errno }) => (delayMs === undefined) !== (errno === undefined), {
        path: [],
        message: 'must hold either delayMs or errno',
      }),
  ),
  label: ({ target, volumePath, delayMs, errno }) =>
    `I/O ${errno === undefined ? `delay ${delayMs} ms` : `error ${errno}`} in ${volumePath} of ${target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  chaosMesh: ({ target, volumePath, path, delayMs, errno, ratio = 1 }, pods) => [
    experiment('IOChaos', {
      ...pods(target),
      ...(errno === undefined ? { action: 'latency', delay: `${delayMs}ms` } : { action: 'fault', errno }),
      volumePath,
      ...(path === undefined ? {} : { path }),
      percent: Math.round(ratio * 100),
    }),
  ],
}
