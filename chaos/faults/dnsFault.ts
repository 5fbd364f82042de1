import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/** Names that a component looks up are not found, or lead to a random address. Needs Chaos Mesh's DNS server. */
export interface DnsFault extends FaultBase {
  kind: 'dnsFault'
  for: NonNullable<FaultBase['for']>
  target: string
  /** Which names: `postgres.shop.svc.cluster.local`, `mail-?.example.com`, `example.*` (`*` only at the end). */
  patterns: string[]
  /** `error` unless said. */
  answer?: 'error' | 'random' | undefined
}

/** `dnsFault({ target: 'worker', patterns: ['mail.example.com'], at: '0s', for: '20s' })` */
export const dnsFault = (fault: Written<DnsFault>): DnsFault => ({ kind: 'dnsFault', ...fault })

export const dnsFaultKind: FaultKind<DnsFault> = {
  kind: 'dnsFault',
  summary: 'Lets a component find no address, or a wrong one, for some names.',
  oneShot: false,
  environments: ['kubernetes'],
  instead: { local: 'Local parts look up no names: use partition.' },
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('dnsFault'),
      target: z.string().min(1),
      patterns: z
        .array(z.string().regex(/^[^*]+\*?$/, 'must be a name, with * only at its end'))
        .min(1, 'must hold a name: none would mean all, Kubernetes itself included'),
      answer: z.enum(['error', 'random']).optional(),
    }),
  ),
  label: ({ target, patterns, answer = 'error' }) => `DNS ${answer} for ${patterns.join(', ')} on ${target}`,
  target: (fault, resolve) => ({ kind: 'component', instances: resolve.instances(fault.target, 'target') }),
  chaosMesh: ({ target, patterns, answer = 'error' }, pods) => [
    experiment('DNSChaos', { ...pods(target), action: answer, patterns }),
  ],
}
