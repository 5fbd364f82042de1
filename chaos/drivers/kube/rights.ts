import { chaosMeshKinds } from '../../crds/chaos-mesh.ts'
import type { ExperimentKind } from '../../mesh/experiment.ts'
import { experimentKinds } from '../../mesh/experiment.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

/** One rule of a Role: what Holdfast does with a resource of the namespace, and nothing more. */
export interface Right {
  apiGroup: string
  /** Plural; a part of a resource after a slash: `pods/portforward`. */
  resource: string
  verbs: Verb[]
  /** What it is needed for. */
  why: string
}

/** What a run asks of the namespace; what it does not need is not asked for. */
export interface Needs {
  kinds: readonly ExperimentKind[]
  /** It reaches the system by a port-forward and not at a base URL. */
  portForward: boolean
}

/** Everything that Holdfast can need in a namespace. */
export const allNeeds: Needs = { kinds: experimentKinds, portForward: true }

/** Planning needs it before anything can be asked. */
export const podsRight: Right = {
  apiGroup: '',
  resource: 'pods',
  verbs: ['list'],
  why: 'which pods a fault hits, and how they fare under it',
}

/** The one table: the Role that is printed, and what is checked before a run. */
export const rightsFor = ({ kinds, portForward }: Needs): Right[] => [
  podsRight,
  {
    apiGroup: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['get', 'create', 'patch', 'delete'],
    why: 'the lock of the namespace: one run at a time, wherever it was started',
  },
  ...(portForward
    ? ([
        { apiGroup: '', resource: 'services', verbs: ['get'], why: 'where the system listens' },
        // The first is what a WebSocket asks for, the second what newer servers want as well.
        { apiGroup: '', resource: 'pods/portforward', verbs: ['get', 'create'], why: 'the way of the load' },
      ] satisfies Right[])
    : []),
  ...(kinds.length === 0
    ? []
    : ([
        {
          apiGroup: '',
          resource: 'configmaps',
          verbs: ['list', 'create', 'delete'],
          why: 'the object that owns the faults of a run, so that its deletion removes them',
        },
        { apiGroup: '', resource: 'events', verbs: ['list'], why: 'the exact times of injection and recovery' },
        ...kinds.map((kind) => ({
          apiGroup: 'chaos-mesh.org',
          resource: chaosMeshKinds[kind].plural,
          // Of whoever patches, Chaos Mesh's own webhook asks for update.
          verbs: ['list', 'watch', 'create', 'update', 'patch', 'delete'] satisfies Verb[],
          why: `faults of the kind ${kind}; update and patch only where its finalizer is stuck`,
        })),
      ] satisfies Right[])),
]

/** A rule as it stands in a Role, in one line. */
export const ruleText = ({ apiGroup, resource, verbs }: Pick<Right, 'apiGroup' | 'resource' | 'verbs'>): string =>
  `{apiGroups: ["${apiGroup}"], resources: ["${resource}"], verbs: [${verbs.map((verb) => `"${verb}"`).join(', ')}]}`
