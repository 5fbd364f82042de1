import { HoldfastError } from '../../../model/errors.ts'

/** How a user names a cluster: by a context of a kubeconfig, or as the one that this pod runs in. */
export interface ClusterChoice {
  context?: string | undefined
  namespace?: string | undefined
  /** Instead of KUBECONFIG and `~/.kube/config`. */
  kubeconfig?: string | undefined
  inCluster?: boolean | undefined
  allowProduction?: boolean | undefined
}

/**
 * The namespace that was named. Nothing is taken from a current context: whoever changed it last would
 * decide what is hit.
 * @throws HoldfastError for what is missing or does not go together.
 */
export const checkChoice = ({ context, namespace, kubeconfig, inCluster }: ClusterChoice): string => {
  if (inCluster && (context !== undefined || kubeconfig !== undefined)) {
    throw new HoldfastError(`--in-cluster does not go with ${context === undefined ? '--kubeconfig' : '--context'}`, {
      hint: "Inside a pod its service account is used; leave --in-cluster out to use a kubeconfig's context.",
    })
  }
  if (!inCluster && context === undefined) {
    throw new HoldfastError('the environment kubernetes needs --context', {
      hint: 'Name a context of your kubeconfig (`kubectl config get-contexts`); inside a pod use --in-cluster.',
    })
  }
  if (namespace === undefined) {
    throw new HoldfastError('the environment kubernetes needs --namespace', {
      hint: 'Name the namespace that the system runs in; faults never leave it.',
    })
  }
  if (namespace.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(namespace)) return namespace
  throw new HoldfastError(`--namespace "${namespace}" is no name of a namespace`, {
    hint: 'It has small letters, digits and hyphens only.',
  })
}
