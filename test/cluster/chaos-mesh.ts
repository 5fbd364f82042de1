import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Access } from './access.ts'
import type { Command } from './processes.ts'

export const chaosNamespace = 'chaos-mesh'

/** The controller outside of the cluster: it and its webhooks listen on 127.0.0.1. */
export const controllerCommand = (path: string, folder: string, access: Access, webhookPort: number): Command => {
  const certificates = join(folder, 'webhook')
  mkdirSync(certificates, { recursive: true })
  copyFileSync(access.server.certificate, join(certificates, 'tls.crt'))
  copyFileSync(access.server.key, join(certificates, 'tls.key'))
  const env = {
    KUBECONFIG: access.kubeconfigs['chaos-mesh'],
    NAMESPACE: chaosNamespace,
    TEMPLATE_NAMESPACE: chaosNamespace,
    TARGET_NAMESPACE: chaosNamespace,
    CLUSTER_SCOPED: 'true',
    TZ: 'UTC',
    CHAOS_DAEMON_SERVICE_PORT: '31767',
    BPFKI_PORT: '50051',
    ENABLED_CONTROLLERS: '*',
    ENABLED_WEBHOOKS: '*',
    TEMPLATE_LABELS: 'app.kubernetes.io/component:template',
    CONFIGMAP_LABELS: 'app.kubernetes.io/component:webhook',
    ENABLE_FILTER_NAMESPACE: 'false',
    ALLOW_HOST_NETWORK_TESTING: 'false',
    CHAOS_DNS_SERVICE_NAME: 'chaos-mesh-dns-server',
    CHAOS_DNS_SERVICE_PORT: '9288',
    SECURITY_MODE: 'true',
    CHAOSD_SECURITY_MODE: 'false',
    ENABLE_LEADER_ELECTION: 'false',
    WEBHOOK_HOST: '127.0.0.1',
    WEBHOOK_PORT: String(webhookPort),
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: '0',
    CERTS_DIR: certificates,
    POD_FAILURE_PAUSE_IMAGE: 'local/pause:1',
    QPS: '30',
    BURST: '50',
  }
  return { path, env }
}

export const webhookAnswers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    request(
      { host: '127.0.0.1', port, path: '/', rejectUnauthorized: false, agent: false, timeout: 5_000 },
      (response) => {
        response.resume()
        resolve(true)
      },
    )
      .on('error', () => resolve(false)) // not yet; the caller gives up after a while, with the controller's log
      .end()
  })

/** The definitions of Chaos Mesh's kinds, as its own release would install them. */
export const readCrds = (folder: string): object[] =>
  readdirSync(folder)
    .sort()
    .map((name) => withPartitionBehavior(parse(readFileSync(join(folder, name), 'utf8')) as object))

const partitionBehavior = { type: 'string', enum: ['drop', 'reject'], default: 'drop' }
/** Together they name the spec of a NetworkChaos, wherever it is embedded. */
const networkChaosMarks = ['action', 'direction', 'externalTargets', 'bandwidth']

/**
 * The newest published pair of Chaos Mesh's controller and definitions differ by one field. Without it the API server
 * prunes the default that the webhook sets, and then refuses every update of a NetworkChaos ("Cannot update chaos spec").
 */
const withPartitionBehavior = <T>(node: T): T => {
  if (typeof node !== 'object' || node === null) return node
  const properties = 'properties' in node ? (node.properties as Record<string, unknown>) : null
  if (properties !== null && networkChaosMarks.every((name) => name in properties))
    properties.partitionBehavior ??= partitionBehavior
  for (const value of Object.values(node)) withPartitionBehavior(value)
  return node
}

/** CRD kind in the webhook's path to the resource's plural. */
const admitted: Record<string, string> = {
  awschaos: 'awschaos',
  azurechaos: 'azurechaos',
  blockchaos: 'blockchaos',
  dnschaos: 'dnschaos',
  gcpchaos: 'gcpchaos',
  httpchaos: 'httpchaos',
  iochaos: 'iochaos',
  jvmchaos: 'jvmchaos',
  kernelchaos: 'kernelchaos',
  networkchaos: 'networkchaos',
  physicalmachinechaos: 'physicalmachinechaos',
  podchaos: 'podchaos',
  stresschaos: 'stresschaos',
  timechaos: 'timechaos',
  schedule: 'schedules',
  workflow: 'workflows',
  physicalmachine: 'physicalmachines',
  statuscheck: 'statuschecks',
}

/** Its admission webhooks, at a port of this machine instead of a service. */
export const webhookConfigurations = (authorityPem: string, port: number): object[] => {
  const hook = (name: string, path: string, resource: string) => ({
    name,
    clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle: Buffer.from(authorityPem).toString('base64') },
    failurePolicy: 'Fail',
    sideEffects: 'None',
    timeoutSeconds: 5,
    admissionReviewVersions: ['v1'],
    rules: [
      {
        apiGroups: ['chaos-mesh.org'],
        apiVersions: ['v1alpha1'],
        operations: ['CREATE', 'UPDATE'],
        resources: [resource],
      },
    ],
  })
  const configuration = (kind: 'Mutating' | 'Validating', name: string, webhooks: object[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks,
  })
  const hooks = (verb: 'mutate' | 'validate') =>
    Object.entries(admitted).map(([kind, plural]) =>
      hook(`${verb[0]}${kind}.kb.io`, `/${verb}-chaos-mesh-org-v1alpha1-${kind}`, plural),
    )
  return [
    configuration('Mutating', 'chaos-mesh-mutation', hooks('mutate')),
    configuration('Validating', 'chaos-mesh-validation', hooks('validate')),
    configuration('Validating', 'chaos-mesh-validation-auth', [hook('vauth.kb.io', '/validate-auth', '*')]),
  ]
}
