import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { say } from './errors.js'
import { buildProgram, cacheDir, isExecutable, isIntact, keepInCache, keyOf, replaceFile } from './go-build.js'

/** Programs that are built from pinned Go modules into .tools/. */
export const goTools = [
  { name: 'k6', module: 'build/k6', package: '.' },
  {
    name: 'toxiproxy-server',
    module: 'build/tools',
    package: 'github.com/Shopify/toxiproxy/v2/cmd/server',
    // What its API says of itself, as in the public image; else it is called "git".
    ldflags: '-X github.com/Shopify/toxiproxy/v2.Version=2.12.0',
  },
  { name: 'nats-server', module: 'build/tools', package: 'github.com/nats-io/nats-server/v2' },
]

export const goModules = [...new Set(goTools.map((tool) => tool.module))]

/** The tools whose binary is not there or was built from other inputs. */
export const staleTools = (projectDir, goVersion) =>
  goTools
    .map((tool) => ({ ...tool, key: keyOf(projectDir, tool, goVersion) }))
    .filter((tool) => readStamp(projectDir, tool.name) !== stampOf(join(projectDir, '.tools', tool.name), tool.key))

/** Brings every stale tool into .tools/, from this machine's cache or by `go build`. */
export const buildTools = async (projectDir, goVersion) => {
  const stale = staleTools(projectDir, goVersion)
  if (stale.length === 0) return
  const toolsDir = join(projectDir, '.tools')
  mkdirSync(toolsDir, { recursive: true })
  for (const tool of stale) {
    const cached = join(cacheDir('tools'), tool.key, tool.name)
    const target = join(toolsDir, tool.name)
    if (isIntact(cached)) {
      replaceFile(target, (temporary) => copyFileSync(cached, temporary))
      say(`✔ ${tool.name} from ${dirname(cached)}`)
    } else {
      await buildProgram(projectDir, tool, target, 'a minute or two')
      keepInCache(target, cached)
    }
    replaceFile(join(toolsDir, `${tool.name}.key`), (temporary) => writeFileSync(temporary, stampOf(target, tool.key)))
  }
}

/** The size tells a file that was cut short. */
const stampOf = (binary, key) => `${key} ${isExecutable(binary) ? statSync(binary).size : 0}\n`

const readStamp = (projectDir, name) => {
  const file = join(projectDir, '.tools', `${name}.key`)
  return existsSync(file) && existsSync(join(projectDir, '.tools', name)) ? readFileSync(file, 'utf8') : null
}
