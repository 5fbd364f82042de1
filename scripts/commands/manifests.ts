import { stringify } from 'yaml'
import { checkChoice } from '../../chaos/drivers/kube/choice.ts'
import { allNeeds, type Needs, type Right, rightsFor } from '../../chaos/drivers/kube/rights.ts'
import type { ExperimentKind } from '../../chaos/mesh/experiment.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { phasesOf } from '../../plan/phases.ts'
import { clusterFaults } from '../cluster-faults.ts'
import { fiveFields } from '../cron.ts'
import { cronJobManifests } from '../manifests/cronjob.ts'

export interface ManifestsOptions {
  namespace?: string
  schedule?: string
  timeZone?: string
  image?: string
  baseUrl?: string
  secret?: string
}

/**
 * `holdfast manifests rbac [game day]` prints the rights that a run needs, and no other;
 * `manifests cronjob <game day>` prints them with the CronJob that runs it and the volume of its records.
 */
export const manifestsCommand = async (
  what: 'rbac' | 'cronjob',
  gameDay: string | undefined,
  options: ManifestsOptions,
): Promise<ExitCode> => {
  const namespace = checkChoice({ inCluster: true, namespace: options.namespace })
  process.stdout.write(
    what === 'cronjob' ? await scheduled(gameDay, namespace, options) : await rbac(gameDay, namespace, options),
  )
  return exitCodes.pass
}

const notInARole =
  '# Without the right to drain nodes, which no Role can give: name a game day that drains, and it is there.\n'

const rbac = async (
  gameDay: string | undefined,
  namespace: string,
  { baseUrl, ...others }: ManifestsOptions,
): Promise<string> => {
  const alien = (['schedule', 'timeZone', 'image', 'secret'] as const).find((key) => others[key] !== undefined)
  if (alien !== undefined) {
    const option = alien === 'timeZone' ? 'time-zone' : alien
    throw new HoldfastError(`--${option} does not go with manifests rbac`, { hint: 'Use it with manifests cronjob.' })
  }
  const needs = gameDay === undefined ? allNeeds : (await needsOf(gameDay, namespace)).needs
  const manifests = rbacManifests(namespace, { ...needs, portForward: needs.portForward && baseUrl === undefined })
  return gameDay === undefined ? `${notInARole}${manifests}` : manifests
}

/** System up, k6's start, audit and undo, beside what the timeline takes. */
const aroundTheTimelineSeconds = 600

const scheduled = async (
  gameDay: string | undefined,
  namespace: string,
  options: ManifestsOptions,
): Promise<string> => {
  const { image } = options
  if (gameDay === undefined)
    throw new HoldfastError('manifests cronjob needs a game day', { hint: '`holdfast list gamedays` shows them.' })
  const schedule = fiveFields(options.schedule, 'manifests cronjob')
  if (image === undefined) {
    throw new HoldfastError('manifests cronjob needs --image', {
      hint: 'Build it from the Dockerfile of the repository, push it to a registry of yours, and name it.',
    })
  }
  const { name, needs, system, durationMs } = await needsOf(gameDay, namespace)
  if (name.endsWith('.ts')) {
    throw new HoldfastError(`${gameDay} is not in the image, which holds the game days of the repository`, {
      hint: 'Move it into gamedays/ and build the image again.',
    })
  }
  const base = system.kubernetes?.forward?.base
  const baseUrl = options.baseUrl ?? (base && `http://${base.service}.${namespace}.svc:${base.port}`)
  if (baseUrl === undefined) {
    throw new HoldfastError(`manifests cronjob: ${system.name} names no Service that a job could reach`, {
      hint: 'Add --base-url, as a pod of the cluster reaches it: http://<service>.<namespace>.svc:<port>.',
    })
  }
  const manifests = cronJobManifests({
    gameDay: name,
    schedule,
    timeZone: options.timeZone,
    namespace,
    image,
    baseUrl,
    deadlineSeconds: Math.ceil(durationMs / 1000) + aroundTheTimelineSeconds,
    secret: options.secret ?? system.name,
    serviceAccount: 'holdfast',
  })
  return rbacManifests(namespace, { ...needs, portForward: false }) + yamlOf(manifests)
}

/** What the faults of a game day become decides which kinds it creates. */
const needsOf = async (nameOrPath: string, namespace: string) => {
  const { name, gameDay, file, system, faults } = await clusterFaults(nameOrPath, namespace)
  const injections = faults.flatMap((fault) => fault.injections)
  const kinds = injections.flatMap((one) => (one.driver === 'chaos-mesh' ? [one.kind as ExperimentKind] : []))
  const actions = injections.flatMap((one) => (one.driver === 'kubernetes' ? [one.action] : []))
  const needs: Needs = {
    kinds: [...new Set(kinds)].sort(),
    actions: [...new Set(actions)].sort(),
    portForward: system.kubernetes?.forward !== undefined,
  }
  return { name, needs, system, durationMs: phasesOf(gameDay, faults, file).phases.recovery.endMs }
}

/**
 * ServiceAccount, Role and RoleBinding as YAML, and where the run changes nodes a ClusterRole and its binding. A
 * person's own user can be bound to the same roles.
 */
export const rbacManifests = (namespace: string, needs: Needs): string => {
  const metadata = { name: 'holdfast', namespace, labels: { 'app.kubernetes.io/name': 'holdfast' } }
  const rights = rightsFor(needs)
  const inWholeCluster = rights.filter((right) => right.inWholeCluster)
  // Nodes belong to no namespace: two that use the same name would share, and lose, each other's rights.
  const wide = { name: `holdfast-${namespace}`, labels: metadata.labels }
  const documents = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...roleAndBinding(
      'Role',
      metadata,
      rights.filter((right) => !right.inWholeCluster),
      metadata,
    ),
    ...(inWholeCluster.length === 0 ? [] : roleAndBinding('ClusterRole', wide, inWholeCluster, metadata)),
  ]
  const why = rights.map(
    ({ resource, verbs, why, inWholeCluster }) =>
      `# ${resource} (${verbs.join(', ')})${inWholeCluster ? ' in the whole cluster' : ''}: ${why}\n`,
  )
  return [...new Set(why)].join('') + yamlOf(documents)
}

const roleAndBinding = (
  kind: 'Role' | 'ClusterRole',
  metadata: { name: string },
  rights: Right[],
  account: { name: string; namespace: string },
): object[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata,
    rules: rights.map(({ apiGroup, resource, verbs }) => ({ apiGroups: [apiGroup], resources: [resource], verbs })),
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
  },
]

const yamlOf = (documents: object[]): string =>
  documents.map((document) => `---\n${stringify(document, { aliasDuplicateObjects: false })}`).join('')
