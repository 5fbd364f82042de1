import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { runChild } from './child.js'
import { SetupError, say } from './errors.js'

/** Programs that are built from pinned Go modules: file in .tools/, folder of the module, main package. */
const goTools = [
  { name: 'k6', module: 'build/k6', package: '.' },
  { name: 'toxiproxy-server', module: 'build/tools', package: 'github.com/Shopify/toxiproxy/v2/cmd/server' },
  { name: 'nats-server', module: 'build/tools', package: 'github.com/nats-io/nats-server/v2' },
]

export const goModules = [...new Set(goTools.map((tool) => tool.module))]

const buildArgs = ['build', '-trimpath', '-ldflags', '-s -w']

/**
 * Go's environment: exactly the pinned modules, for this machine, without a C compiler. GOTOOLCHAIN stays the
 * user's: nats-server asks for a newer Go than 1.25, and Go fetches that by itself unless it was told not to.
 */
export const goEnv = () => {
  const { GOOS: _os, GOARCH: _arch, ...env } = process.env
  return { ...env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' }
}

/** The tools whose binary is not there or was built from other inputs. */
export const staleTools = (projectDir, goVersion) => {
  const keys = Object.fromEntries(goModules.map((module) => [module, keyOf(projectDir, module, goVersion)]))
  return goTools
    .map((tool) => ({ ...tool, key: keys[tool.module] }))
    .filter((tool) => readStamp(projectDir, tool.name) !== stampOf(join(projectDir, '.tools', tool.name), tool.key))
}

/** Brings every stale tool into .tools/, from this machine's cache or by `go build`. */
export const buildTools = async (projectDir, goVersion) => {
  const stale = staleTools(projectDir, goVersion)
  if (stale.length === 0) return
  const toolsDir = join(projectDir, '.tools')
  mkdirSync(toolsDir, { recursive: true })
  for (const tool of stale) {
    const cached = join(cacheDir(), tool.key, tool.name)
    const target = join(toolsDir, tool.name)
    if (isExecutable(cached)) {
      replaceFile(target, (temporary) => copyFileSync(cached, temporary))
      say(`✔ ${tool.name} from ${dirname(cached)}`)
    } else {
      await buildTool(projectDir, tool, target)
      keepInCache(target, cached)
    }
    replaceFile(join(toolsDir, `${tool.name}.key`), (temporary) => writeFileSync(temporary, stampOf(target, tool.key)))
  }
}

const buildTool = async (projectDir, tool, target) => {
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  let downloads = 0
  say(`· building ${tool.name} with Go (the first time takes a minute or two)`)
  const heartbeat = setInterval(() => {
    say(`· building ${tool.name}: ${seconds()} s${downloads > 0 ? `, ${downloads} modules downloaded` : ''}`)
  }, 15_000)
  const temporary = `${target}.${process.pid}.tmp`
  try {
    const { code, output } = await runChild('go', [...buildArgs, '-o', temporary, tool.package], {
      cwd: join(projectDir, tool.module),
      env: goEnv(),
      stdio: ['ignore', 2, 'pipe'],
      onOutput: (text) => {
        downloads += text.split('go: downloading').length - 1
      },
    })
    if (code !== 0) throw buildError(tool, code, output)
    renameSync(temporary, target)
  } finally {
    clearInterval(heartbeat)
    rmSync(temporary, { force: true })
  }
  say(`✔ built ${tool.name} in ${seconds()} s`)
}

const buildError = (tool, code, output) => {
  const said = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'))
  const network =
    /dial tcp|lookup |proxyconnect|i\/o timeout|connection re|no such host|x509|tls:|TLS|: (40[0-9]|41[0-9]|50[0-9]) /
  const hint = network.test(output)
    ? 'Go could not fetch modules: check the network, the proxy (HTTPS_PROXY) and `go env GOPROXY`, then start again.'
    : /no space left/.test(output)
      ? 'The disk is full: make room (`go clean -cache` helps), then start again.'
      : `The modules are pinned in ${tool.module}/go.mod; \`git status ${tool.module}\` shows local changes.`
  return new SetupError(`\`go build\` of ${tool.name} failed (exit code ${code}):\n${said.slice(-15).join('\n')}`, hint)
}

/** Other checkouts on this machine need not build it again. Being unable to keep it is worth a line, not a failure. */
const keepInCache = (built, cached) => {
  try {
    mkdirSync(dirname(cached), { recursive: true })
    replaceFile(cached, (temporary) => copyFileSync(built, temporary))
  } catch (error) {
    say(`· ${dirname(cached)} was not written (${error.message}); other checkouts will build for themselves`)
  }
}

/** `write` makes a temporary file beside the target; it takes the target's place in one step. */
const replaceFile = (target, write) => {
  const temporary = `${target}.${process.pid}.tmp`
  try {
    write(temporary)
    renameSync(temporary, target)
  } finally {
    rmSync(temporary, { force: true })
  }
}

const cacheDir = () => {
  const base = process.env.XDG_CACHE_HOME
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'holdfast/tools')
}

/** Hash of everything that decides what the binary is: sources without tests, pins, Go, platform, flags. */
const keyOf = (projectDir, module, goVersion) => {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([goVersion, process.platform, process.arch, buildArgs]))
  const folder = join(projectDir, module)
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(^go\.(mod|sum)|\.go)$/.test(entry.name) && !entry.name.endsWith('_test.go'))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
  for (const name of names.sort()) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)))
  return hash.digest('hex').slice(0, 32)
}

/** The size tells a file that was cut short. */
const stampOf = (binary, key) => `${key} ${isExecutable(binary) ? statSync(binary).size : 0}\n`

const readStamp = (projectDir, name) => {
  const file = join(projectDir, '.tools', `${name}.key`)
  return existsSync(file) && existsSync(join(projectDir, '.tools', name)) ? readFileSync(file, 'utf8') : null
}

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
