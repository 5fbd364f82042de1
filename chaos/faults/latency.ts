import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import { linkBetween } from '../mesh/network.ts'
import type { Written } from './define.ts'
import { heldShape, parser, proxiesOf } from './define.ts'

/**
 * Every answer on the link comes later. The delay is on one direction only (towards `from`), so a
 * round trip grows by exactly `ms`, as `tc netem delay` on one interface would make it. Opening a
 * connection through the proxy is not slowed; the first answer on it is.
 */
export interface LatencyFault extends FaultBase {
  kind: 'latency'
  for: NonNullable<FaultBase['for']>
  from: string
  to: string
  /** Milliseconds added to each round trip. */
  ms: number
  /** The delay varies by up to this much to either side, uniformly. */
  jitterMs?: number | undefined
}

/** `latency({ from: 'api', to: 'postgres', ms: 400, at: '0s', for: '15s' })` */
export const latency = (fault: Written<LatencyFault>): LatencyFault => ({ kind: 'latency', ...fault })

export const latencyKind: FaultKind<LatencyFault> = {
  kind: 'latency',
  summary: 'Delays every answer on a link by some milliseconds.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes'],
  parse: parser(
    z
      .strictObject({
        ...heldShape,
        kind: z.literal('latency'),
        from: z.string().min(1),
        to: z.string().min(1),
        ms: z.int().min(1, 'must be at least 1 ms'),
        jitterMs: z.int().min(0, 'must not be negative').optional(),
      })
      .refine((fault) => (fault.jitterMs ?? 0) <= fault.ms, {
        path: ['jitterMs'],
        message: 'must not be larger than ms: a delay cannot be negative',
      }),
  ),
  label: ({ from, to, ms, jitterMs }) =>
    `latency ${ms} ms${jitterMs === undefined ? '' : ` ± ${jitterMs} ms`} ${from} → ${to}`,
  target: ({ from, to }, resolve) => ({ kind: 'link', proxies: resolve.link(from, to, 'from/to') }),
  local: ({ ms, jitterMs }, target) =>
    proxiesOf(target).map((proxy) => ({
      driver: 'proxy',
      proxy,
      toxics: [
        { name: 'latency', type: 'latency', stream: 'downstream', attributes: { latency: ms, jitter: jitterMs ?? 0 } },
      ],
    })),
  // On what `from` sends to `to` only: a round trip grows by `ms`, as it does locally.
  chaosMesh: ({ from, to, ms, jitterMs }, pods) => [
    experiment('NetworkChaos', {
      action: 'delay',
      direction: 'to',
      ...linkBetween(from, to, pods),
      delay: { latency: `${ms}ms`, ...(jitterMs === undefined ? {} : { jitter: `${jitterMs}ms` }) },
    }),
  ],
}
