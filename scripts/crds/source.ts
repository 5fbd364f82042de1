import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { runChild } from '../../bootstrap/child.js'
import { connect } from '../../chaos/drivers/kube/connect.ts'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import { projectDir } from '../project.ts'
import type { Crd } from './types.ts'

const module = 'github.com/chaos-mesh/chaos-mesh'
const pinDir = join(projectDir, 'test/cluster/modules/chaos-mesh')

/** The version that the tests build: what `chaos/crds` is generated from. */
export const pinnedVersion = (): string => {
  const goMod = readFileSync(join(pinDir, 'go.mod'), 'utf8')
  const version = new RegExp(`^(?:require )?\\s*${module} (v\\S+)$`, 'm').exec(goMod)?.[1]
  if (version === undefined) throw new Error(`${pinDir}/go.mod does not name ${module}`)
  return version
}

/**
 * Custom resource definitions from a folder of YAML files, from a version or commit of Chaos Mesh's Go module, or from
 * a `cluster`, of which only they are read.
 * @throws HoldfastError when there is no such folder, Go cannot fetch that version, or no context is named.
 */
export const readCrds = async (from: string, choice: { context?: string; kubeconfig?: string } = {}): Promise<Crd[]> => {
  if (from === 'cluster') return crdsInCluster(choice)
  if (choice.context !== undefined || choice.kubeconfig !== undefined)
    throw new HoldfastError('--context and --kubeconfig go with --from cluster', { hint: 'Add it, or leave them out.' })
  const isVersion = /^(v\d|[0-9a-f]{7,40}$)/.test(from) && !existsSync(from)
  return crdsInFolder(isVersion ? join(await moduleDir(from), 'config/crd/bases') : resolve(from))
}

const crdsInCluster = async (choice: { context?: string; kubeconfig?: string }): Promise<Crd[]> => {
  // Definitions have no namespace, and reading them harms nothing.
  const { api } = await connect({ ...choice, namespace: 'default', allowProduction: true })
  return (await api.get<{ items: Crd[] }>('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).items
}

const crdsInFolder = (folder: string): Crd[] => {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new HoldfastError(`${folder} is no folder`, {
      hint: `Name a folder with CRDs as YAML files, a commit or version of the Go module ${module} (for instance ${pinnedVersion()}), or cluster.`,
    })
  }
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  return files.sort().flatMap((name) => crdsIn(readFileSync(join(folder, name), 'utf8'), join(folder, name)))
}

const crdsIn = (text: string, file: string): Crd[] =>
  parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors
    if (error) throw new HoldfastError(`${file}: ${messageOf(error).split('\n')[0]}`)
    const value = document.toJS() as { kind?: string } | null
    return value?.kind === 'CustomResourceDefinition' ? [value as unknown as Crd] : []
  })

/** Where Go keeps the sources of that version, fetched when they are not there yet. */
const moduleDir = async (version: string): Promise<string> => {
  // In the folder of the pin its go.sum says what the sources must be.
  const cwd = version === pinnedVersion() ? pinDir : tmpdir()
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off' }
  const args = ['mod', 'download', '-json', `${module}@${version}`]
  const { output } = await runChild('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] }).catch((cause) => {
    throw new HoldfastError(`go could not be started: ${messageOf(cause)}`, { hint: 'Install Go, or name a folder.' })
  })
  const { Dir, Error: error } = JSON.parse(output || '{}') as { Dir?: string; Error?: string }
  if (Dir !== undefined && error === undefined) return Dir
  throw new HoldfastError(`${module}@${version} could not be fetched: ${error ?? 'go said nothing'}`, {
    hint: "Go knows the releases of Chaos Mesh by their commits only, not as v2.8.1. Name one's commit, a folder with its CRDs, or cluster; or check the network (`go env GOPROXY`).",
  })
}
