import { z } from 'zod'
import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { durationSchema } from '../../model/parse.ts'
import type { ExperimentKind, ExperimentSpec } from '../mesh/experiment.ts'
import { experimentKinds, isOneShot } from '../mesh/experiment.ts'
import { baseShape, parser } from './define.ts'

/** Any action of any kind of Chaos Mesh, by its own spec. */
export interface ChaosMeshFault extends FaultBase {
  kind: 'chaosMesh'
  /** Fills in `mode` and `selector`: a component (all its pods) or one instance (any one of them). */
  target?: string | undefined
  resource: { kind: ExperimentKind; spec: Record<string, unknown> }
}

/** `kind` and `spec` as Chaos Mesh has them; `duration` comes from `for`, `mode` and `selector` from `target`. */
export type WrittenExperiment = {
  [K in ExperimentKind]: { kind: K; spec: WrittenSpec<ExperimentSpec<K>> }
}[ExperimentKind]
type WrittenSpec<S> = Omit<S, 'duration' | Selecting> & Partial<Pick<S, Extract<keyof S, Selecting>>>
type Selecting = 'selector' | 'mode'

/** `chaosMesh({ kind: 'IOChaos', target: 'postgres', spec: { action: 'latency', delay: '50ms', volumePath: '/data' }, at: '0s', for: '20s' })` */
export const chaosMesh = ({
  kind,
  spec,
  ...rest
}: WrittenExperiment & Omit<ChaosMeshFault, 'kind' | 'resource'>): ChaosMeshFault => ({
  kind: 'chaosMesh',
  resource: { kind, spec: spec as unknown as Record<string, unknown> },
  ...rest,
})

export const chaosMeshKind: FaultKind<ChaosMeshFault> = {
  kind: 'chaosMesh',
  summary: 'Any action of any kind of Chaos Mesh, by its own spec.',
  oneShot: (fault) => isOneShot(fault.resource),
  environments: ['kubernetes'],
  parse: parser(
    z
      .strictObject({
        ...baseShape,
        kind: z.literal('chaosMesh'),
        for: durationSchema.optional(),
        target: z.string().min(1).optional(),
        resource: z.strictObject({ kind: z.enum(experimentKinds), spec: z.record(z.string(), z.unknown()) }),
      })
      .superRefine(({ target, resource, ...fault }, context) => {
        const refuse = (path: string[], message: string) =>
          context.addIssue({ code: 'custom', path, message, input: fault })
        const { kind, spec } = resource
        if (isOneShot(resource)) {
          if (fault.for !== undefined) refuse(['for'], `must not be there: ${kind} ${String(spec.action)} happens once`)
        } else if (fault.for === undefined) refuse(['for'], 'is missing: without it the fault would stay for ever')
        if (spec.duration !== undefined) refuse(['spec', 'duration'], 'must not be there: write for')
        if (target !== undefined && (spec.selector !== undefined || spec.mode !== undefined))
          refuse(['target'], 'must not be there beside spec.selector or spec.mode')
      }),
  ),
  label: ({ target, resource: { kind, spec } }) =>
    [kind, spec.action, target === undefined ? undefined : `on ${target}`]
      .filter((word) => typeof word === 'string')
      .join(' '),
  target: (fault, resolve) =>
    fault.target === undefined
      ? { kind: 'none' }
      : { kind: 'component', instances: resolve.instances(fault.target, 'target') },
  chaosMesh: ({ target, resource: { kind, spec } }, pods) => [
    { kind, spec: target === undefined ? spec : { ...pods(target), ...spec } },
  ],
}
