import { HoldfastError } from '../../model/errors.ts'
import type { PlannedFault } from '../../model/plan.ts'
import type { Schedule, Templates, Workflow, WorkflowSpec } from '../crds/chaos-mesh.ts'
import { chaosMeshApiVersion } from '../crds/chaos-mesh.ts'

export interface ExportContext {
  /** `batchsender/demo` */
  gameDay: string
  namespace: string
  faults: Pick<PlannedFault, 'id' | 'kind' | 'atMs' | 'holdMs' | 'injections'>[]
  /** The workflow's start in the time of the faults: the end of the steady state. */
  startMs: number
}

/**
 * The timeline as a Workflow of Chaos Mesh: all faults side by side, each after a wait. Nothing in it looks whether a
 * fault is felt, judges, or stops it.
 * @throws HoldfastError when no fault of it is a resource of Chaos Mesh
 */
export const workflowOf = (context: ExportContext): Workflow => ({
  apiVersion: chaosMeshApiVersion,
  kind: 'Workflow',
  metadata: metadataOf(context),
  spec: specOf(context),
})

/** The same, started again and again. `cron` has five fields. Not while one is under way, and the newest are kept. */
export const scheduleOf = (context: ExportContext, cron: string): Schedule => ({
  apiVersion: chaosMeshApiVersion,
  kind: 'Schedule',
  metadata: metadataOf(context),
  spec: { schedule: cron, type: 'Workflow', concurrencyPolicy: 'Forbid', historyLimit: 3, workflow: specOf(context) },
})

/** Chaos Mesh adds to the names of what a Schedule starts, and they are labels. */
const maxNameLength = 57

/** Without any annotation the abort of a Workflow that came over the API ends Chaos Mesh's controller. */
const metadataOf = ({ gameDay, namespace }: ExportContext) => ({
  name: nameOf(gameDay),
  namespace,
  annotations: { 'holdfast.dev/game-day': gameDay },
})

const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, maxNameLength)
    .replaceAll(/^-+|-+$/g, '')

const specOf = ({ gameDay, faults, startMs }: ExportContext): WorkflowSpec => {
  const templates = faults.flatMap((fault) => templatesOf(fault, fault.atMs - startMs))
  const inner = new Set(templates.flatMap(({ children = [] }) => children))
  const children = templates.map(({ name }) => name).filter((name) => !inner.has(name))
  if (children.length === 0) {
    throw new HoldfastError(`${gameDay} has no fault that is a resource of Chaos Mesh`, {
      hint: 'Only such faults can be exported: see docs/game-days.md, "In a cluster with Chaos Mesh".',
    })
  }
  return { entry: 'timeline', templates: [{ name: 'timeline', templateType: 'Parallel', children }, ...templates] }
}

/** A fault that is not at the start is a wait and then the fault, one after the other. */
const templatesOf = (fault: ExportContext['faults'][number], offsetMs: number): Templates[] => {
  const resources = fault.injections.filter((injection) => injection.driver === 'chaos-mesh')
  return resources.flatMap(({ kind, spec }, i) => {
    const name = nameOf(`${fault.id}-${fault.kind}${resources.length === 1 ? '' : `-${i + 1}`}`)
    const chaos: Templates = {
      name,
      templateType: kind,
      deadline: seconds(fault.holdMs ?? oneShotMs),
      [keyOf(kind)]: withoutDuration(spec),
    }
    if (offsetMs === 0) return [chaos]
    return [
      { name: `at-${name}`, templateType: 'Serial', children: [`wait-${name}`, name] },
      { name: `wait-${name}`, templateType: 'Suspend', deadline: seconds(offsetMs) },
      chaos,
    ]
  })
}

/** What happens once must also have an end: only its deadline ends a node, and the workflow with it. */
const oneShotMs = 5_000

/** Deadlines have whole seconds. */
const seconds = (ms: number): string => `${Math.max(Math.round(ms / 1000), 1)}s`

/** `podChaos`, `ioChaos`, `physicalmachineChaos` */
const keyOf = (kind: string): string => `${kind.replace(/Chaos$/, '').toLowerCase()}Chaos`

/** Refused in a workflow: the deadline says it. */
const withoutDuration = (spec: object): object => {
  const { duration: _duration, ...rest } = spec as { duration?: string }
  return rest
}
