import { HoldfastError } from '../../../model/errors.ts'
import { type Cluster, clusterError } from './connect.ts'
import { type Right, ruleText, type Verb } from './rights.ts'

interface Review {
  status?: { allowed?: boolean; reason?: string }
}

/**
 * Asks the cluster whether every right is there, before anything is done.
 * @throws HoldfastError that names what is missing, with the rules that grant it.
 */
export const checkAccess = async (cluster: Cluster, rights: Right[]): Promise<void> => {
  const asked = rights.flatMap((right) => right.verbs.map((verb) => ({ right, verb })))
  const answers = await Promise.all(asked.map(({ right, verb }) => isAllowed(cluster, right, verb)))
  const missing = rights
    .map((right) => ({
      ...right,
      verbs: asked.flatMap((one, i) => (one.right === right && !answers[i] ? [one.verb] : [])),
    }))
    .filter(({ verbs }) => verbs.length > 0)
  if (missing.length > 0) throw missingRights(cluster, missing)
}

/** The refusal that names rights that are not there, and the rules that grant them. */
export const missingRights = ({ ref }: Pick<Cluster, 'ref'>, missing: Right[], cause?: unknown): HoldfastError => {
  const of = (wide: boolean) => missing.filter(({ inWholeCluster = false }) => inWholeCluster === wide)
  const places = [
    { rights: of(false), where: `in the namespace ${ref.namespace}`, role: 'a Role there' },
    { rights: of(true), where: 'in the whole cluster', role: 'a ClusterRole' },
  ].filter(({ rights }) => rights.length > 0)
  const what = (rights: Right[]) => rights.map(({ resource, verbs }) => `${verbs.join(', ')} ${resource}`).join('; ')
  const said = places.map(({ rights, where }) => `${where}: ${what(rights)}`)
  const rules = places.map(({ rights, role }) => `to ${role}: ${rights.map(ruleText).join(' ')}`)
  return new HoldfastError(`missing rights ${said.join(', and ')}`, {
    hint: `Add ${rules.join(', and ')} (\`holdfast manifests rbac\` prints all of it).`,
    cause,
  })
}

const isAllowed = async (
  cluster: Cluster,
  { apiGroup, resource: path, inWholeCluster }: Right,
  verb: Verb,
): Promise<boolean> => {
  const where = inWholeCluster ? {} : { namespace: cluster.ref.namespace }
  const [resource, subresource] = path.split('/')
  const resourceAttributes = { ...where, verb, group: apiGroup, resource, ...(subresource && { subresource }) }
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  }
  try {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const answer = await cluster.api.call<Review>('POST', path, { body })
    return answer.body.status?.allowed === true
  } catch (cause) {
    throw clusterError('the rights in the cluster cannot be asked for', cluster, cause)
  }
}
