import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { reservePorts } from '../../run/ports.ts'
import { contextName, writeAccess } from './access.ts'
import { ensureBinaries, ensureCrds } from './binaries.ts'
import { chaosNamespace, controllerCommand, readCrds, webhookAnswers, webhookConfigurations } from './chaos-mesh.ts'
import { apiServerIsReady, startApi, startApiServer, startControllers } from './control-plane.ts'
import { createProcesses } from './processes.ts'

/** A real API server with its controllers, and Chaos Mesh's controller; kwok plays the nodes: pods become Ready without containers. */
export interface Cluster {
  /** Path of the administrator's kubeconfig. It has no current context. */
  kubeconfig: string
  context: string
  /** Logs of every process, as `<name>.log`. Removed at the end. */
  folder: string
  /** @throws Error with what kubectl said. @returns its stdout */
  kubectl: (...args: string[]) => Promise<string>
  /** Creates or changes objects, server-side. */
  apply: (...objects: object[]) => Promise<void>
  /** Chaos Mesh's controller and with it its webhooks: ended at once, as in a crash. */
  stopController: () => Promise<void>
  startController: () => Promise<void>
  /** Ended at once, as in a crash, and started again on the same port and data. Resolves when it is ready. */
  restartApiServer: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Starts a cluster of its own on free ports of 127.0.0.1. It ends with `stop`, or with the process that started it.
 * @param folder a new or empty one for state and logs; by default in the system's temporary folder
 * @throws SetupError when the programs cannot be built; Error with a log's end when one does not become ready
 */
export const startCluster = async ({ folder = '', nodes = 2 } = {}): Promise<Cluster> => {
  const binaries = await ensureBinaries()
  const crds = ensureCrds(binaries['chaos-controller-manager'])
  const home = emptyFolder(folder)
  const port = await reservePorts(4)
  const ports = { etcd: port('etcd'), etcdPeers: port('etcd peers'), apiServer: port('api server') }
  const access = writeAccess(home, `https://127.0.0.1:${ports.apiServer}`)
  const processes = createProcesses(home)
  const kubeconfig = access.kubeconfigs.admin

  const runKubectl = (args: string[], input = ''): Promise<string> =>
    output(binaries.kubectl, [`--kubeconfig=${kubeconfig}`, `--context=${contextName}`, ...args], input)
  const send = (verb: string[], objects: object[]) =>
    runKubectl([...verb, '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  const apply = async (...objects: object[]) => {
    await send(['apply', '--server-side', '--force-conflicts'], objects)
  }
  const apiReady = () => processes.until('kube-apiserver', () => apiServerIsReady(access, ports.apiServer))
  const startController = async () => {
    const command = controllerCommand(binaries['chaos-controller-manager'], home, access, port('webhook'))
    processes.start('chaos-controller-manager', command)
    await processes.until('chaos-controller-manager', () => webhookAnswers(port('webhook')))
  }

  try {
    startApi(processes, binaries, ports)
    await apiReady()
    startControllers(processes, binaries, access)
    await send(['create'], [...readCrds(crds), ...Array.from({ length: nodes }, (_, n) => kwokNode(`kwok-${n}`))])
    const kwokArgs = [`--kubeconfig=${access.kubeconfigs.kwok}`, '--manage-all-nodes=true', '--node-ip=127.0.0.1']
    processes.start('kwok', { path: binaries.kwok, args: kwokArgs })
    await runKubectl(['create', 'namespace', chaosNamespace])
    await runKubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])
    await startController()
    await apply(...webhookConfigurations(access.authorityPem, port('webhook')))
    await runKubectl(['wait', '--for=create', 'serviceaccount/default', '--namespace=default', '--timeout=30s'])
    await runKubectl(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=30s'])
  } catch (error) {
    await processes.close()
    throw error
  }
  return {
    kubeconfig,
    context: contextName,
    folder: home,
    kubectl: (...args) => runKubectl(args),
    apply,
    stopController: () => processes.kill('chaos-controller-manager'),
    startController,
    restartApiServer: async () => {
      await processes.kill('kube-apiserver')
      startApiServer(processes, binaries, ports)
      await apiReady()
    },
    stop: processes.close,
  }
}

const kwokNode = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: { 'kubernetes.io/hostname': name, type: 'kwok' },
  },
  status: {
    allocatable: { cpu: '32', memory: '256Gi', pods: '110' },
    capacity: { cpu: '32', memory: '256Gi', pods: '110' },
  },
})

const emptyFolder = (folder: string): string => {
  if (folder === '') return mkdtempSync(join(tmpdir(), 'holdfast-cluster-'))
  const path = resolve(folder)
  if (existsSync(path) && readdirSync(path).length > 0)
    throw new Error(`${path} is not empty: its content would be removed at the end`)
  mkdirSync(path, { recursive: true })
  return path
}

/** Runs a command to its end. @throws Error with its stderr when it fails */
const output = (path: string, args: string[], input: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve(said.stdout)
        : reject(new Error(`kubectl ${args.slice(2).join(' ')}: ${said.stderr.trim()}`)),
    )
    child.stdin.on('error', () => {}) // it ended before it read all: its exit code tells
    child.stdin.end(input)
  })
