import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buildProgram, cacheDir, goEnv, isIntact, keyOf, noteHash } from '../../bootstrap/go-build.js'
import { withLock } from '../../bootstrap/lock.js'
import { checkGo } from '../../bootstrap/requirements.js'

export const projectDir = resolve(import.meta.dirname, '../..')

const kubernetesVersion = 'v1.34.4'

/** `kubectl version` and the server's version must say what they are: the build takes it from its flags. */
const versionFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  .flatMap((name) => [
    `-X ${name}.gitVersion=${kubernetesVersion}`,
    `-X ${name}.gitMajor=1`,
    `-X ${name}.gitMinor=34`,
    `-X ${name}.gitTreeState=clean`,
    `-X ${name}.buildDate=2026-01-01T00:00:00Z`,
  ])
  .join(' ')

const modules = 'test/cluster/modules'
const kubernetes = (name: string) => ({
  module: `${modules}/kubernetes`,
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: versionFlags,
})
const chaosMesh = (name: string) => ({
  module: `${modules}/chaos-mesh`,
  package: `github.com/chaos-mesh/chaos-mesh/cmd/${name}`,
})

const cni = (name: string, kind: string) => ({
  module: `${modules}/cni`,
  package: `github.com/containernetworking/plugins/plugins/${kind}/${name}`,
})

/** What a cluster without a container runtime is made of; `go.mod` and `go.sum` of each module pin it. */
const clusterPrograms = {
  etcd: { module: `${modules}/etcd`, package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubectl: kubernetes('kubectl'),
  kwok: { module: `${modules}/kwok`, package: 'sigs.k8s.io/kwok/cmd/kwok' },
  'chaos-controller-manager': chaosMesh('chaos-controller-manager'),
}

/** What a node that runs real pods takes beside them. */
const nodePrograms = {
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  coredns: { module: `${modules}/coredns`, package: '.' },
  // Its driver for kernel faults is C.
  'chaos-daemon': { ...chaosMesh('chaos-daemon'), env: { CGO_ENABLED: '1' } },
  'chaos-daemon-helper': chaosMesh('chaos-daemon-helper'),
  bridge: cni('bridge', 'main'),
  loopback: cni('loopback', 'main'),
  'host-local': cni('host-local', 'ipam'),
  pause: { module: `${modules}/node`, package: './pause' },
  nsexec: { module: `${modules}/node`, package: './nsexec' },
  // In the pods of its own test.
  web: { module: `${modules}/node`, package: './web' },
}

export type Binaries = Record<keyof typeof clusterPrograms, string>
export type NodeBinaries = Record<keyof typeof nodePrograms, string>

/**
 * Builds what is not in this machine's cache (`holdfast/cluster` in XDG_CACHE_HOME or ~/.cache): 8 to 12 minutes on
 * two cores when nothing is there, then milliseconds.
 * @returns the absolute path of each program
 * @throws SetupError when Go is missing or a build fails
 */
export const ensureBinaries = (): Promise<Binaries> => ensure(clusterPrograms)

/** The same for a node that runs real pods: 3 to 5 minutes more. */
export const ensureNodeBinaries = (): Promise<NodeBinaries> => ensure(nodePrograms)

type Program = Omit<Parameters<typeof buildProgram>[1], 'name'>

const ensure = async <Name extends string>(programs: Record<Name, Program>): Promise<Record<Name, string>> => {
  const goVersion = checkGo(projectDir)
  const places = (Object.entries(programs) as [Name, Program][]).map(([name, how]) => {
    const program = { name, ...how }
    return { name, program, path: join(cacheDir('cluster'), keyOf(projectDir, program, goVersion), name) }
  })
  const isMissing = ({ path }: { path: string }) => !isIntact(path)
  if (places.some(isMissing)) {
    await withLock(projectDir, async () => {
      for (const place of places.filter(isMissing)) {
        mkdirSync(dirname(place.path), { recursive: true, mode: 0o700 })
        await buildProgram(projectDir, place.program, place.path, 'up to four minutes')
        chmodSync(place.path, 0o700)
        noteHash(place.path)
      }
    })
  }
  return Object.fromEntries(places.map(({ name, path }) => [name, path])) as Record<Name, string>
}

/**
 * The folder with the definitions of Chaos Mesh's kinds (YAML): they travel inside its Go module, which need not stay
 * on this machine as long as the cache does.
 */
export const ensureCrds = (controllerPath: string): string => {
  const folder = join(dirname(controllerPath), 'crds')
  if (existsSync(folder)) return folder
  const cwd = join(projectDir, modules, 'chaos-mesh')
  const go = (...args: string[]) => execFileSync('go', args, { cwd, env: goEnv(), encoding: 'utf8' }).trim()
  go('mod', 'download', 'github.com/chaos-mesh/chaos-mesh')
  const module = go('list', '-m', '-f', '{{.Dir}}', 'github.com/chaos-mesh/chaos-mesh')
  const temporary = `${folder}.${process.pid}.tmp`
  cpSync(join(module, 'config/crd/bases'), temporary, { recursive: true })
  // Go's module cache is read-only, and so would be the copy.
  chmodSync(temporary, 0o755)
  for (const name of readdirSync(temporary)) chmodSync(join(temporary, name), 0o644)
  try {
    renameSync(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true })
    if (!existsSync(folder)) throw error // otherwise another start was faster
  }
  return folder
}
