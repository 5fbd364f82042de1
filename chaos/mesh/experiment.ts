import type { ChaosMeshResource } from '../../model/fault.ts'
import type { ChaosMeshKinds } from '../crds/chaos-mesh.ts'
import { chaosMeshKinds } from '../crds/chaos-mesh.ts'

type Kinds = typeof chaosMeshKinds

/** Kinds that inject a fault and say so in their status; not those that start others (Schedule, Workflow). */
export type ExperimentKind = { [K in keyof Kinds]: Kinds[K]['experiment'] extends true ? K : never }[keyof Kinds]
export type ExperimentSpec<K extends ExperimentKind> = ChaosMeshKinds[K]['spec']

/** An experiment that has no name yet, as TypeScript checks it. */
export type Experiment = { [K in ExperimentKind]: { kind: K; spec: ExperimentSpec<K> } }[ExperimentKind]

/** A resource whose spec TypeScript has checked against its kind. */
export const experiment = <K extends ExperimentKind>(kind: K, spec: ExperimentSpec<K>): ChaosMeshResource => ({
  kind,
  spec,
})

export const experimentKinds = Object.entries(chaosMeshKinds)
  .filter(([, { experiment }]) => experiment)
  .map(([kind]) => kind) as ExperimentKind[]

const oneShotActions: Partial<Record<ExperimentKind, unknown[]>> = {
  PodChaos: ['pod-kill', 'container-kill'],
  AWSChaos: ['ec2-restart'],
  AzureChaos: ['vm-restart'],
  GCPChaos: ['node-reset'],
}

/** It happens once: a duration is ignored, and it is never reported as recovered. */
export const isOneShot = ({ kind, spec }: ChaosMeshResource): boolean =>
  oneShotActions[kind as ExperimentKind]?.includes((spec as { action?: unknown }).action) ?? false

/** Chaos Mesh ends a fault by itself this long after its planned end, should nobody be left to remove it. */
export const chaosMeshGraceMs = 15_000

/** With the time after which Chaos Mesh removes the fault by itself; a one-shot (null) has none. */
export const withDuration = ({ kind, spec }: ChaosMeshResource, holdMs: number | null): ChaosMeshResource => ({
  kind,
  spec: holdMs === null ? spec : { ...spec, duration: `${holdMs + chaosMeshGraceMs}ms` },
})
