import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import type { Written } from './define.ts'
import { heldShape, parser, proxiesOf } from './define.ts'

/**
 * Connections on the link are reset as soon as they carry data. Live ones end at their next data
 * with a FIN, later ones with a RST: that is how Toxiproxy's `reset_peer` behaves.
 */
export interface ConnectionResetFault extends FaultBase {
  kind: 'connectionReset'
  for: NonNullable<FaultBase['for']>
  from: string
  to: string
}

/** `connectionReset({ from: 'api', to: 'nats', at: '0s', for: '10s' })` */
export const connectionReset = (fault: Written<ConnectionResetFault>): ConnectionResetFault => ({
  kind: 'connectionReset',
  ...fault,
})

export const connectionResetKind: FaultKind<ConnectionResetFault> = {
  kind: 'connectionReset',
  summary: 'Resets the connections of a link: the other side is gone and says so.',
  oneShot: false,
  environments: ['local', 'containers'],
  instead: {
    kubernetes: 'Chaos Mesh resets no connections: use httpFault with abort for HTTP, or unavailable.',
  },
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('connectionReset'),
      from: z.string().min(1),
      to: z.string().min(1),
    }),
  ),
  label: ({ from, to }) => `reset connections ${from} → ${to}`,
  target: ({ from, to }, resolve) => ({ kind: 'link', proxies: resolve.link(from, to, 'from/to') }),
  local: (_fault, target) =>
    proxiesOf(target).map((proxy) => ({
      driver: 'proxy',
      proxy,
      toxics: [{ name: 'reset', type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } }],
    })),
}
