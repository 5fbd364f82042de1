import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import { linkBetween } from '../mesh/network.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/** Packets on the link vanish at random, in both directions; TCP sends them again, later and slower. */
export interface PacketLossFault extends FaultBase {
  kind: 'packetLoss'
  for: NonNullable<FaultBase['for']>
  from: string
  to: string
  /** Share of the packets that are lost, 0..1. */
  lossRatio: number
}

/** `packetLoss({ from: 'api', to: 'postgres', lossRatio: 0.05, at: '0s', for: '20s' })` */
export const packetLoss = (fault: Written<PacketLossFault>): PacketLossFault => ({ kind: 'packetLoss', ...fault })

export const packetLossKind: FaultKind<PacketLossFault> = {
  kind: 'packetLoss',
  summary: 'Loses a share of the packets of a link, at random.',
  oneShot: false,
  environments: ['kubernetes'],
  instead: { local: 'A proxy loses no packets: use latency, bandwidth or connectionReset.' },
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('packetLoss'),
      from: z.string().min(1),
      to: z.string().min(1),
      lossRatio: z
        .number()
        .min(0.0001, 'must be at least 0.0001')
        .lt(1, 'must be below 1; to lose every packet write partition'),
    }),
  ),
  label: ({ from, to, lossRatio }) => `packet loss ${percent(lossRatio)} % ${from} → ${to}`,
  target: ({ from, to }, resolve) => ({ kind: 'link', proxies: resolve.link(from, to, 'from/to') }),
  chaosMesh: ({ from, to, lossRatio }, pods) => [
    experiment('NetworkChaos', {
      action: 'loss',
      direction: 'both',
      ...linkBetween(from, to, pods),
      loss: { loss: percent(lossRatio) },
    }),
  ],
}

/** Without the noise of binary fractions: 0.07 * 100 is 7.000000000000001. */
const percent = (ratio: number): string => String(Number((ratio * 100).toFixed(4)))
