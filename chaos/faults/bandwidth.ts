import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import { linkBetween } from '../mesh/network.ts'
import type { Written } from './define.ts'
import { heldShape, parser, proxiesOf } from './define.ts'

/** The link carries only so much, in each direction on its own and per connection. */
export interface BandwidthFault extends FaultBase {
  kind: 'bandwidth'
  for: NonNullable<FaultBase['for']>
  from: string
  to: string
  /** Thousands of bytes per second, at least 1 (0 is a `partition`). */
  kilobytesPerSecond: number
}

/** `bandwidth({ from: 'client', to: 'api', kilobytesPerSecond: 50, at: '0s', for: '15s' })` */
export const bandwidth = (fault: Written<BandwidthFault>): BandwidthFault => ({ kind: 'bandwidth', ...fault })

export const bandwidthKind: FaultKind<BandwidthFault> = {
  kind: 'bandwidth',
  summary: 'Limits the bytes per second of each connection on a link.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes'],
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('bandwidth'),
      from: z.string().min(1),
      to: z.string().min(1),
      kilobytesPerSecond: z.int().min(1, 'must be at least 1; to cut a link write partition'),
    }),
  ),
  label: ({ from, to, kilobytesPerSecond }) => `bandwidth ${kilobytesPerSecond} kB/s ${from} → ${to}`,
  target: ({ from, to }, resolve) => ({ kind: 'link', proxies: resolve.link(from, to, 'from/to') }),
  local: ({ kilobytesPerSecond }, target) =>
    proxiesOf(target).map((proxy) => ({
      driver: 'proxy',
      proxy,
      toxics: (['upstream', 'downstream'] as const).map((stream) => ({
        name: `bandwidth-${stream}`,
        type: 'bandwidth',
        stream,
        attributes: { rate: kilobytesPerSecond },
      })),
    })),
  // Per pod and not per connection. The queue holds what passes in a second; the bucket, what passes in 10 ms.
  chaosMesh: ({ from, to, kilobytesPerSecond }, pods) => {
    const bytesPerSecond = kilobytesPerSecond * 1000
    const atLeastPackets = (bytes: number) => Math.max(Math.ceil(bytes), 10_000)
    return [
      experiment('NetworkChaos', {
        action: 'bandwidth',
        direction: 'both',
        ...linkBetween(from, to, pods),
        bandwidth: {
          rate: `${kilobytesPerSecond * 8}kbit`,
          limit: atLeastPackets(bytesPerSecond),
          buffer: atLeastPackets(bytesPerSecond / 100),
        },
      }),
    ]
  },
}
