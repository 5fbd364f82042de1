import { z } from 'zod'
import type { FaultBase, FaultKind, Injection, Target } from '../../model/fault.ts'
import { experiment } from '../mesh/experiment.ts'
import { linkBetween } from '../mesh/network.ts'
import type { Written } from './define.ts'
import { heldShape, instancesOf, parser, proxiesOf } from './define.ts'

/**
 * Nothing passes on the link and nobody is told: packets vanish, connections stay open. Locally it
 * is bandwidth 0 both ways, which keeps live connections (Toxiproxy's `timeout` would close them
 * when it is removed, and a partition that heals does not). What was sent meanwhile arrives
 * afterwards, as TCP would retransmit it.
 */
export interface LinkPartition extends FaultBase {
  kind: 'partition'
  for: NonNullable<FaultBase['for']>
  from: string
  to: string
}

/** A component that nobody reaches and that reaches nobody: its container is taken off the network. */
export interface ComponentPartition extends FaultBase {
  kind: 'partition'
  for: NonNullable<FaultBase['for']>
  /** A component (`worker`: all its instances) or one instance (`worker-1`). */
  target: string
}

export type PartitionFault = LinkPartition | ComponentPartition

/** `partition({ from: 'api', to: 'postgres', at: '0s', for: '10s' })`; in containers also `{ target: 'worker-1', ... }` */
export const partition = (fault: Written<LinkPartition> | Written<ComponentPartition>): PartitionFault => ({
  kind: 'partition',
  ...fault,
})

const name = z.string().min(1)
const onLink = z.strictObject({ ...heldShape, kind: z.literal('partition'), from: name, to: name })
const onComponent = z.strictObject({ ...heldShape, kind: z.literal('partition'), target: name })

export const partitionKind: FaultKind<PartitionFault> = {
  kind: 'partition',
  summary: 'Cuts a link silently, both ways: no data, no error, connections stay open.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes'],
  parse: (value, place) =>
    isObject(value) && 'target' in value ? parser(onComponent)(value, place) : parser(onLink)(value, place),
  label: (fault) =>
    'target' in fault ? `partition ${fault.target} ⇹ everything` : `partition ${fault.from} ⇹ ${fault.to}`,
  target: (fault, resolve) =>
    'target' in fault
      ? { kind: 'component', instances: resolve.instances(fault.target, 'target') }
      : { kind: 'link', proxies: resolve.link(fault.from, fault.to, 'from/to') },
  local: (_fault, target) => cut(target),
  containers: (_fault, target) => [
    ...cut(target),
    ...instancesOf(target).map((instance): Injection => ({ driver: 'docker', action: 'isolate', instance })),
  ],
  chaosMesh: (fault, pods) =>
    'target' in fault
      ? []
      : [
          experiment('NetworkChaos', {
            action: 'partition',
            direction: 'both',
            ...linkBetween(fault.from, fault.to, pods),
          }),
        ],
}

const cut = (target: Target): Injection[] =>
  proxiesOf(target).map((proxy) => ({
    driver: 'proxy',
    proxy,
    toxics: (['upstream', 'downstream'] as const).map((stream) => ({
      name: `cut-${stream}`,
      type: 'bandwidth',
      stream,
      attributes: { rate: 0 },
    })),
  }))

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
