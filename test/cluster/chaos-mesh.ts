import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { parse } from 'yaml'
import { reservePorts } from '../../run/ports.ts'
import { ensureCrds } from './binaries.ts'
import type { ControlPlane, Site } from './control-plane.ts'

/** Chaos Mesh's controller. Ended, it is gone at once as in a crash, and its webhooks with it. */
export interface Controller {
  start: () => Promise<void>
  stop: () => Promise<void>
}

export const chaosNamespace = 'chaos-mesh'
const chaosNamespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: chaosNamespace } }
const controllerName = 'chaos-controller-manager'

/** Installs Chaos Mesh and starts its controller, outside of the cluster; resolves when its webhooks answer. */
export const startChaosMesh = async (site: Site, control: ControlPlane): Promise<Controller> => {
  const { folder, processes, binaries, host } = site
  const { access, kubectl } = control
  const port = (await reservePorts(1))('webhook')
  const certificates = join(folder, 'webhook')
  mkdirSync(certificates)
  copyFileSync(access.server.certificate, join(certificates, 'tls.crt'))
  copyFileSync(access.server.key, join(certificates, 'tls.key'))
  const env = controllerEnv({ kubeconfig: access.kubeconfigs['chaos-mesh'], certificates, host, port })
  const start = async () => {
    processes.start(controllerName, { path: binaries[controllerName], env })
    await processes.until(controllerName, () => webhookAnswers(host, port))
  }
  await control.create([...readCrds(ensureCrds(binaries[controllerName])), chaosNamespaceObject])
  await processes.until('kube-apiserver', () => areEstablished(kubectl))
  await start()
  await control.apply(...webhookConfigurations(access.authorityPem, host, port))
  return { start, stop: () => processes.kill(controllerName) }
}

/** `kubectl wait`, and paths of its JSON, end with an error when a definition has no conditions yet; a template does not. */
const areEstablished = async (kubectl: ControlPlane['kubectl']): Promise<boolean> => {
  const established = '{{range .status.conditions}}{{if eq .type "Established"}}{{.status}}{{end}}{{end}}'
  const states = await kubectl('get', 'crd', '-o', `go-template={{range .items}}${established};{{end}}`)
  return states
    .split(';')
    .slice(0, -1)
    .every((state) => state === 'True')
}

interface ControllerPlace {
  kubeconfig: string
  certificates: string
  host: string
  port: number
}

const controllerEnv = ({ kubeconfig, certificates, host, port }: ControllerPlace): Record<string, string> => {
  return {
    KUBECONFIG: kubeconfig,
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
    WEBHOOK_HOST: host,
    WEBHOOK_PORT: String(port),
    METRICS_HOST: host,
    METRICS_PORT: '0',
    CERTS_DIR: certificates,
    POD_FAILURE_PAUSE_IMAGE: 'local/pause:1',
    QPS: '30',
    BURST: '50',
  }
}

const webhookAnswers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    request({ host, port, path: '/', rejectUnauthorized: false, agent: false, timeout: 5_000 }, (response) => {
      response.resume()
      resolve(true)
    })
      .on('error', () => resolve(false)) // not yet; the caller gives up after a while, with the controller's log
      .end()
  })

/** The definitions of Chaos Mesh's kinds, as its own release would install them. */
const readCrds = (folder: string): object[] =>
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
const webhookConfigurations = (authorityPem: string, host: string, port: number): object[] => {
  const hook = (name: string, path: string, resource: string) => ({
    name,
    clientConfig: { url: `https://${host}:${port}${path}`, caBundle: Buffer.from(authorityPem).toString('base64') },
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
