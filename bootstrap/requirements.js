import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './errors.js'
import { goEnv } from './go-build.js'
import { goModules } from './tools.js'

/** On these platforms Node 24 comes as a package; it needs this loader, which is part of glibc. */
const glibcLoaders = { 'linux-x64': '/lib64/ld-linux-x86-64.so.2', 'linux-arm64': '/lib/ld-linux-aarch64.so.1' }

/** The running Node must suffice for this script, and Node 24 must be there or come as a package. */
export const checkNode = () => {
  const platform = `${process.platform}-${process.arch}`
  const major = Number(process.versions.node.split('.')[0])
  const loader = glibcLoaders[platform]
  const needed = loader === undefined ? 24 : 20
  if (process.platform === 'win32') {
    throw new SetupError(
      'Windows is supported through WSL only',
      'Install WSL (`wsl --install`) and start again inside it.',
    )
  }
  if (major < needed) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: Holdfast needs Node >= ${needed} on ${platform}`,
      'Install it from https://nodejs.org or with your version manager.',
    )
  }
  if (loader !== undefined && !existsSync(loader)) {
    throw new SetupError(
      `${loader} is missing: the packaged Node and PostgreSQL need a Linux with glibc`,
      'Use a glibc distribution (Debian, Ubuntu, Fedora, ...); on Alpine a container of one.',
    )
  }
}

/**
 * npm is asked only when there is something to install: asking takes a quarter of a second.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} its version
 */
export const checkNpm = (env) => {
  const asked = spawnSync('npm', ['--version'], { env, encoding: 'utf8' })
  if (asked.error !== undefined || asked.status !== 0) {
    throw new SetupError(
      `npm does not run (${asked.error?.message ?? asked.stderr.trim()})`,
      'Install npm >= 10: it comes with Node from https://nodejs.org.',
    )
  }
  const version = asked.stdout.trim()
  if (Number(version.split('.')[0]) < 10) {
    throw new SetupError(`npm ${version} is too old: Holdfast needs npm >= 10`, 'Run `npm install -g npm@10`.')
  }
  return version
}

/**
 * Go must be there, of at least the version that the modules ask for, or one that fetches that version by itself.
 * @param {string} projectDir
 * @returns {string} what `go version` prints
 */
export const checkGo = (projectDir) => {
  const needed = goModules
    .map((module) => goDirective(join(projectDir, module, 'go.mod')))
    .sort(compareVersions)
    .at(-1)
  const howTo = `Install Go >= ${needed} from https://go.dev/dl/ and put its bin folder in PATH.`
  const asked = spawnSync('go', ['version'], { env: goEnv(), encoding: 'utf8' })
  if (asked.error !== undefined) throw new SetupError('Go is missing: k6, Toxiproxy and NATS are built with it', howTo)
  const version = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(asked.stdout)?.[1]
  if (version === undefined) {
    throw new SetupError(`\`go version\` gives no version: ${asked.stdout.trim() || asked.stderr.trim()}`, howTo)
  }
  if (compareVersions(version, needed) < 0 && !fetchesNewerGo(version)) {
    throw new SetupError(`Go ${version} is too old`, `${howTo} Or let Go fetch it: GOTOOLCHAIN=auto.`)
  }
  return asked.stdout.trim()
}

const goDirective = (goModFile) => {
  if (!existsSync(goModFile))
    throw new SetupError(`${goModFile} is missing`, 'The checkout is incomplete: clone it again.')
  const version = /^go (\d+\.\d+(?:\.\d+)?)/m.exec(readFileSync(goModFile, 'utf8'))?.[1]
  if (version === undefined) throw new SetupError(`${goModFile} has no \`go\` line`)
  return version
}

const compareVersions = (a, b) => {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  return left[0] - right[0] || left[1] - right[1] || (left[2] ?? 0) - (right[2] ?? 0)
}

/** Go 1.21 and newer download the toolchain that a module asks for, unless GOTOOLCHAIN says local. */
const fetchesNewerGo = (version) => {
  if (compareVersions(version, '1.21') < 0) return false
  const asked = spawnSync('go', ['env', 'GOTOOLCHAIN'], { env: goEnv(), encoding: 'utf8' })
  return asked.status === 0 && /(^|\+)(auto|path)$/.test(asked.stdout.trim())
}
