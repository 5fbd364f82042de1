import type { ActionName } from '../../../model/fault.ts'
import { chaosMeshKinds } from '../../crds/chaos-mesh.ts'
import type { ExperimentKind } from '../../mesh/experiment.ts'
import { experimentKinds } from '../../mesh/experiment.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

/** One rule of a Role, or of a ClusterRole: what Holdfast does with a resource of the namespace, and nothing more. */
export interface Right {
  apiGroup: string
  /** Plural; a part of a resource after a slash: `pods/portforward`. */
  resource: string
  verbs: Verb[]
  /** Nodes belong to no namespace: a ClusterRole has to grant it. */
  inWholeCluster?: true
  /** What it is needed for. */
  why: string
}

/** What a run asks of the namespace; what it does not need is not asked for. */
export interface Needs {
  kinds: readonly ExperimentKind[]
  actions: readonly ActionName[]
  /** It reaches the system by a port-forward and not at a base URL. */
  portForward: boolean
}

/** Everything that Holdfast can need in a namespace; a drain needs more than that. */
export const allNeeds: Needs = { kinds: experimentKinds, actions: ['scale', 'restart', 'rollout'], portForward: true }

const configMaps: Right = {
  apiGroup: '',
  resource: 'configmaps',
  verbs: ['list', 'create', 'delete'],
  why: 'the object of a run: others see that it is there, and its deletion removes the faults of Chaos Mesh',
}

/** Planning needs it before anything can be asked. */
export const podsRight: Right = {
  apiGroup: '',
  resource: 'pods',
  verbs: ['list'],
  why: 'which pods a fault hits, and how they fare under it',
}

/** The one table: the Role that is printed, and what is checked before a run. */
export const rightsFor = ({ kinds, actions, portForward }: Needs): Right[] => [
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
  ...(kinds.length + actions.length === 0 ? [] : [configMaps]),
  ...(kinds.length === 0
    ? []
    : ([
        { apiGroup: '', resource: 'events', verbs: ['list'], why: 'the exact times of injection and recovery' },
        ...kinds.map((kind) => ({
          apiGroup: 'chaos-mesh.org',
          resource: chaosMeshKinds[kind].plural,
          // Of whoever patches, Chaos Mesh's own webhook asks for update.
          verbs: ['list', 'watch', 'create', 'update', 'patch', 'delete'] satisfies Verb[],
          why: `faults of the kind ${kind}; update and patch only where its finalizer is stuck`,
        })),
      ] satisfies Right[])),
  ...rightsForActions(actions),
]

/** What actions need beside what every run in a cluster needs. */
export const rightsForActions = (actions: readonly ActionName[]): Right[] => [
  ...(actions.some((action) => action !== 'drain')
    ? ['deployments', 'statefulsets'].map(
        (resource): Right => ({
          apiGroup: 'apps',
          resource,
          verbs: ['list', 'get', 'patch'],
          why: 'to scale, to restart, to roll out and back',
        }),
      )
    : []),
  ...(actions.includes('scale')
    ? ([
        {
          apiGroup: 'autoscaling',
          resource: 'horizontalpodautoscalers',
          verbs: ['list'],
          why: 'whether one of them would set the replicas back',
        },
      ] satisfies Right[])
    : []),
  ...(actions.includes('drain')
    ? ([
        { apiGroup: '', resource: 'pods/eviction', verbs: ['create'], why: 'a drain, as disruption budgets allow it' },
        {
          apiGroup: '',
          resource: 'nodes',
          verbs: ['list', 'get', 'patch'],
          inWholeCluster: true,
          why: 'to cordon and uncordon the node of a drain',
        },
      ] satisfies Right[])
    : []),
]

/** A rule as it stands in a Role, in one line. */
export const ruleText = ({ apiGroup, resource, verbs }: Pick<Right, 'apiGroup' | 'resource' | 'verbs'>): string =>
  `{apiGroups: ["${apiGroup}"], resources: ["${resource}"], verbs: [${verbs.map((verb) => `"${verb}"`).join(', ')}]}`
