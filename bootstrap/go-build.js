import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { runChild } from './child.js'
import { SetupError, say } from './errors.js'

/**
 * A program that is built from a pinned Go module: its file name, the module's folder in the project, its main
 * package, and what it needs beyond the usual flags and environment.
 * @typedef {{ name: string, module: string, package: string, ldflags?: string, env?: Record<string, string> }} GoProgram
 */

/**
 * Go's environment: exactly the pinned modules, for this machine, without a C compiler. GOTOOLCHAIN stays the
 * user's: nats-server asks for a newer Go than 1.25, and Go fetches that by itself unless it was told not to.
 */
export const goEnv = () => {
  const { GOOS: _os, GOARCH: _arch, ...env } = process.env
  return { ...env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' }
}

const buildArgs = ({ ldflags }) => [
  'build',
  '-trimpath',
  '-ldflags',
  ldflags === undefined ? '-s -w' : `-s -w ${ldflags}`,
]

/** Where binaries are kept for all checkouts of this machine: `<kind>/<key>/<name>`. */
export const cacheDir = (kind) => {
  const base = process.env.XDG_CACHE_HOME
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'holdfast', kind)
}

/**
 * Hash of everything that decides what the binary is: sources without tests, pins, Go, platform, flags.
 * @param {string} projectDir
 * @param {GoProgram} program
 * @param {string} goVersion what `go version` prints
 */
export const keyOf = (projectDir, program, goVersion) => {
  const hash = createHash('sha256')
  const more = program.env === undefined ? [] : [program.env]
  hash.update(JSON.stringify([goVersion, process.platform, process.arch, buildArgs(program), ...more]))
  const folder = join(projectDir, program.module)
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(^go\.(mod|sum)|\.go)$/.test(entry.name) && !entry.name.endsWith('_test.go'))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
  for (const name of names.sort()) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)))
  return hash.digest('hex').slice(0, 32)
}

/**
 * Builds a program; tells on stderr how it goes. The target is there whole or not at all.
 * @param {string} projectDir
 * @param {GoProgram} program
 * @param {string} target
 * @param {string} expected how long the first time takes, in words
 * @throws SetupError with what Go said, and what to do about it
 */
export const buildProgram = async (projectDir, program, target, expected) => {
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  let downloads = 0
  say(`· building ${program.name} with Go (the first time takes ${expected})`)
  const heartbeat = setInterval(() => {
    say(`· building ${program.name}: ${seconds()} s${downloads > 0 ? `, ${downloads} modules downloaded` : ''}`)
  }, 15_000)
  const temporary = `${target}.${process.pid}.tmp`
  try {
    const { code, output } = await runChild('go', [...buildArgs(program), '-o', temporary, program.package], {
      cwd: join(projectDir, program.module),
      env: { ...goEnv(), ...program.env },
      stdio: ['ignore', 2, 'pipe'],
      onOutput: (text) => {
        downloads += text.split('go: downloading').length - 1
      },
    })
    if (code !== 0) throw buildError(program, code, output)
    renameSync(temporary, target)
  } finally {
    clearInterval(heartbeat)
    rmSync(temporary, { force: true })
  }
  say(`✔ built ${program.name} in ${seconds()} s`)
}

const buildError = (program, code, output) => {
  const said = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'))
  const network =
    /dial tcp|lookup |proxyconnect|i\/o timeout|connection re|no such host|x509|tls:|TLS|: (40[0-9]|41[0-9]|50[0-9]) /
  const hint = network.test(output)
    ? 'Go could not fetch modules: check the network, the proxy (HTTPS_PROXY) and `go env GOPROXY`, then start again.'
    : /no space left/.test(output)
      ? 'The disk is full: make room (`go clean -cache` helps), then start again.'
      : `The modules are pinned in ${program.module}/go.mod; \`git status ${program.module}\` shows local changes.`
  return new SetupError(
    `\`go build\` of ${program.name} failed (exit code ${code}):\n${said.slice(-15).join('\n')}`,
    hint,
  )
}

const hashFile = (file) => `${file}.sha256`
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex')

/**
 * True for a binary of the cache that is what was once put there: it has the hash that was written beside it, and
 * neither it nor its folder may be written by another user. What is not is built anew.
 */
export const isIntact = (file) => {
  try {
    const isOurs = ({ uid, mode }) => uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0
    if (![dirname(file), file].every((path) => isOurs(lstatSync(path))) || !lstatSync(file).isFile()) return false
    return isExecutable(file) && readFileSync(hashFile(file), 'utf8').trim() === hashOf(file)
  } catch {
    return false // not there, or not readable: built anew
  }
}

/** Says what a binary of the cache is, for `isIntact`. */
export const noteHash = (file) =>
  replaceFile(hashFile(file), (temporary) => writeFileSync(temporary, `${hashOf(file)}\n`, { mode: 0o600 }))

/** Other checkouts on this machine need not build it again. Being unable to keep it is worth a line, not a failure. */
export const keepInCache = (built, cached) => {
  try {
    mkdirSync(dirname(cached), { recursive: true, mode: 0o700 })
    replaceFile(cached, (temporary) => {
      copyFileSync(built, temporary)
      chmodSync(temporary, 0o700)
    })
    noteHash(cached)
  } catch (error) {
    say(`· ${dirname(cached)} was not written (${error.message}); other checkouts will build for themselves`)
  }
}

/** `write` makes a temporary file beside the target; it takes the target's place in one step. */
export const replaceFile = (target, write) => {
  const temporary = `${target}.${process.pid}.tmp`
  try {
    write(temporary)
    renameSync(temporary, target)
  } finally {
    rmSync(temporary, { force: true })
  }
}

export const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
