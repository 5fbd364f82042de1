import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { goModules } from '../bootstrap/tools.js'
import { HoldfastError } from '../model/errors.ts'
import { projectDir } from './project.ts'
import { type Component, goComponents } from './sbom/go-modules.ts'
import { printError } from './terminal.ts'

interface Bom {
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/** What npm knows from the lock file: no network, and nothing has to be installed. */
const npmBom = (): Bom => {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd: projectDir,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0) return JSON.parse(stdout) as Bom
  throw new HoldfastError(`npm sbom failed: ${error?.message ?? stderr.trim()}`, { hint: 'It needs npm 10 or newer.' })
}

/** `npm run sbom -- [file]`: a CycloneDX 1.5 bill of materials of the npm packages and the Go modules. */
const main = (): void => {
  const file = resolve(process.argv[2] ?? join(projectDir, 'out/sbom.cdx.json'))
  const bom = npmBom()
  const read = (folder: string, name: string) => readFileSync(join(projectDir, folder, name), 'utf8')
  const modules = goModules.flatMap((folder) => goComponents(folder, read(folder, 'go.mod'), read(folder, 'go.sum')))
  bom.components.push(...modules)
  bom.dependencies.push(...modules.map((module) => ({ ref: module['bom-ref'], dependsOn: [] })))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`)
  console.log(`${bom.components.length} components (${modules.length} of Go): ${file}`)
}

try {
  main()
} catch (error) {
  process.exitCode = printError(error instanceof Error ? error : String(error))
}
