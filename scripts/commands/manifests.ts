import { stringify } from 'yaml'
import { checkChoice } from '../../chaos/drivers/kube/choice.ts'
import { allNeeds, type Needs, rightsFor } from '../../chaos/drivers/kube/rights.ts'
import type { ExperimentKind } from '../../chaos/mesh/experiment.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { planFaults } from '../../plan/faults.ts'
import { loadGameDay } from '../../plan/gameday.ts'
import { systems } from '../../systems/index.ts'
import { gameDayPath } from '../plan-game-day.ts'
import { projectDir } from '../project.ts'

/** `holdfast manifests rbac [game day]`: prints the rights that a run needs, and no other. */
export const manifestsCommand = async (
  _what: 'rbac',
  gameDay: string | undefined,
  options: { namespace?: string },
): Promise<ExitCode> => {
  const namespace = checkChoice({ inCluster: true, namespace: options.namespace })
  const needs = gameDay === undefined ? allNeeds : await needsOf(gameDay, namespace)
  process.stdout.write(rbacManifests(namespace, needs))
  return exitCodes.pass
}

/** What the faults of a game day become decides which kinds it creates. */
const needsOf = async (nameOrPath: string, namespace: string): Promise<Needs> => {
  const { gameDay, file } = await loadGameDay(projectDir, gameDayPath(nameOrPath))
  const system = Object.hasOwn(systems, gameDay.system) ? systems[gameDay.system] : undefined
  if (!system) throw new HoldfastError(`${file}: system: there is no system "${gameDay.system}"`)
  const faults = planFaults(gameDay.faults, {
    system,
    environment: 'kubernetes',
    file,
    steadyEndMs: 0,
    blastRadius: gameDay.blastRadius ?? {},
    namespace,
  })
  const kinds = faults
    .flatMap(({ injections }) => injections)
    .flatMap((injection) => (injection.driver === 'chaos-mesh' ? [injection.kind as ExperimentKind] : []))
  return { kinds: [...new Set(kinds)].sort(), portForward: system.kubernetes?.forward !== undefined }
}

/** ServiceAccount, Role and RoleBinding as YAML. A person's own user can be bound to the same Role. */
export const rbacManifests = (namespace: string, needs: Needs): string => {
  const metadata = { name: 'holdfast', namespace, labels: { 'app.kubernetes.io/name': 'holdfast' } }
  const rules = rightsFor(needs).map(({ apiGroup, resource, verbs, why }) => ({ apiGroup, resource, verbs, why }))
  const documents = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: rules.map(({ apiGroup, resource, verbs }) => ({ apiGroups: [apiGroup], resources: [resource], verbs })),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: metadata.name, namespace }],
    },
  ]
  const why = [...new Set(rules.map(({ resource, verbs, why }) => `# ${resource} (${verbs.join(', ')}): ${why}\n`))]
  return why.join('') + documents.map((document) => `---\n${stringify(document)}`).join('')
}
