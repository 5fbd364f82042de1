import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import { linkBetween } from '../mesh/network.ts'
import type { Written } from './define.ts'
import { heldShape, parser, proxiesOf } from './define.ts'

/**
 * Nothing passes on the link and nobody is told: packets vanish, connections stay open. Locally it
 * is bandwidth 0 both ways, which keeps live connections (Toxiproxy's `timeout` would close them
 * when it is removed, and a partition that heals does not). What was sent meanwhile arrives
 * afterwards, as TCP would retransmit it.
 */
export interface PartitionFault extends FaultBase {
  kind: 'partition'
  for: NonNullable<FaultBase['for']>
  from: string
  to: string
}

/** `partition({ from: 'api', to: 'postgres', at: '0s', for: '10s' })` */
export const partition = (fault: Written<PartitionFault>): PartitionFault => ({ kind: 'partition', ...fault })

export const partitionKind: FaultKind<PartitionFault> = {
  kind: 'partition',
  summary: 'Cuts a link silently, both ways: no data, no error, connections stay open.',
  oneShot: false,
  environments: ['local', 'kubernetes'],
  parse: parser(
    z.strictObject({ ...heldShape, kind: z.literal('partition'), from: z.string().min(1), to: z.string().min(1) }),
  ),
  label: ({ from, to }) => `partition ${from} ⇹ ${to}`,
  target: ({ from, to }, resolve) => ({ kind: 'link', proxies: resolve.link(from, to, 'from/to') }),
  local: (_fault, target) =>
    proxiesOf(target).map((proxy) => ({
      driver: 'proxy',
      proxy,
      toxics: (['upstream', 'downstream'] as const).map((stream) => ({
        name: `cut-${stream}`,
        type: 'bandwidth',
        stream,
        attributes: { rate: 0 },
      })),
    })),
  chaosMesh: ({ from, to }, pods) => [
    experiment('NetworkChaos', { action: 'partition', direction: 'both', ...linkBetween(from, to, pods) }),
  ],
}
