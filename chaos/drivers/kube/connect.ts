import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import type { ClusterRef } from '../../../model/cluster.ts'
import { HoldfastError, messageOf } from '../../../model/errors.ts'
import { didYouMean } from '../../../model/parse.ts'
import { forwardProxies, proxyFor } from '../forward-proxies.ts'
import { refuseProduction } from '../production.ts'
import { ApiError, KubeApi } from './api.ts'
import { type ClusterChoice, checkChoice } from './choice.ts'

/** A cluster that can be talked to. */
export interface Cluster {
  ref: ClusterRef
  api: KubeApi
}

/**
 * The cluster that a user named.
 * @throws HoldfastError when a name is missing, unknown or looks like production.
 */
export const connect = async (choice: ClusterChoice, env: NodeJS.ProcessEnv = process.env): Promise<Cluster> => {
  const namespace = checkChoice(choice)
  const files = choice.inCluster ? [] : kubeconfigFiles(choice.kubeconfig, env)
  const config = await loadConfig(files)
  if (!choice.inCluster) useContext(config, choice.context ?? '', files)
  const { server, name } = serverOf(config, env)
  const host = new URL(server).host
  refuseProduction({ context: choice.context, namespace, cluster: name, server: host }, choice.allowProduction ?? false)
  const ref: ClusterRef = { context: choice.context ?? null, kubeconfig: files, namespace, server }
  return { ref, api: new KubeApi(config, server) }
}

/**
 * The cluster of a ledger, again: for the watchdog and `cleanup`, which need no second permission.
 * @throws HoldfastError when its context stands for another server now.
 */
export const reconnect = async (ref: ClusterRef): Promise<Cluster> => {
  const cluster = await connectTo(ref.kubeconfig, ref.context, ref.namespace)
  if (cluster.ref.server === ref.server) return cluster
  throw new HoldfastError(
    `${ref.context === null ? 'the service account of this pod' : `context "${ref.context}"`} leads to ` +
      `${cluster.ref.server}, and the run was in ${ref.server}`,
    { hint: 'Let the context name the server of the run again, then repeat `holdfast cleanup`.' },
  )
}

const connectTo = async (files: string[], context: string | null, namespace: string): Promise<Cluster> => {
  const config = await loadConfig(files)
  if (context !== null) useContext(config, context, files)
  const { server } = serverOf(config)
  return { ref: { context, kubeconfig: files, namespace, server }, api: new KubeApi(config, server) }
}

/** Large, and needed by those only who talk to a cluster: loaded late. */
const loadConfig = async (files: string[]): Promise<KubeConfig> => {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  if (files.length === 0) {
    if (process.env.KUBERNETES_SERVICE_HOST === undefined) {
      throw new HoldfastError('--in-cluster: this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set)', {
        hint: 'Name a context of a kubeconfig with --context.',
      })
    }
    config.loadFromCluster()
    return config
  }
  for (const [i, file] of files.entries()) {
    try {
      const one = new KubeConfig()
      one.loadFromFile(file)
      if (i === 0) config.loadFromFile(file)
      else config.mergeConfig(one, true)
    } catch (cause) {
      throw new HoldfastError(`the kubeconfig ${file} can't be read: ${messageOf(cause).split('\n')[0]}`, { cause })
    }
  }
  return config
}

/** As kubectl finds them, without its way out to whatever else may be there. */
const kubeconfigFiles = (named: string | undefined, env: NodeJS.ProcessEnv): string[] => {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '')
  const standard = join(homedir(), '.kube', 'config')
  const wanted = named !== undefined ? [named] : listed.length > 0 ? listed : [standard]
  const found = wanted.filter((file) => existsSync(file)).map((file) => resolve(file))
  if (found.length > 0) return found
  throw new HoldfastError(
    `there is no kubeconfig: ${wanted.join(', ')} ${wanted.length > 1 ? 'do' : 'does'} not exist`,
    {
      hint: 'Name one with --kubeconfig, or in KUBECONFIG.',
    },
  )
}

const useContext = (config: KubeConfig, context: string, files: string[]): void => {
  const names = config.getContexts().map(({ name }) => name)
  if (!names.includes(context)) {
    throw new HoldfastError(`--context "${context}": ${files.join(', ')} has no such context`, {
      hint: didYouMean(context, names),
    })
  }
  config.setCurrentContext(context)
}

/** Where the API server is; a proxy of the environment is used as kubectl does: the kubeconfig's `proxy-url` comes first. */
const serverOf = (config: KubeConfig, env = process.env): { server: string; name: string } => {
  const cluster = config.getCurrentCluster()
  if (cluster && URL.canParse(cluster.server)) {
    const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server, forwardProxies(env))?.href
    if (proxyUrl !== undefined) Object.assign(cluster, { proxyUrl })
    return { server: cluster.server, name: cluster.name }
  }
  throw new HoldfastError(`the context "${config.getCurrentContext()}" names no cluster with a server address`, {
    hint: 'Look at it with: kubectl config view',
  })
}

/**
 * What goes wrong in talking to a cluster, as one line with a hint.
 * @param doing what was being done: `the pods of shop can't be listed`
 */
export const clusterError = (doing: string, { ref }: Pick<Cluster, 'ref'>, cause: unknown): HoldfastError => {
  if (cause instanceof HoldfastError) return cause
  const hint =
    cause instanceof ApiError
      ? cause.status === 401
        ? 'The API server does not know these credentials: log in again.'
        : cause.status === 403
          ? '`holdfast manifests rbac` prints the rights that are needed.'
          : 'The words are those of the API server.'
      : `Is the cluster up, and can ${new URL(ref.server).host} be reached from here?`
  return new HoldfastError(`${doing}: ${reasonOf(cause)}`, { hint, cause })
}

const reasonOf = (cause: unknown): string => {
  const code = (cause as NodeJS.ErrnoException).code
  const message = messageOf(cause).split('\n')[0] ?? ''
  return message !== '' ? message : (code ?? 'no answer')
}
