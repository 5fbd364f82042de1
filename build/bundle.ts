import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildFailure, Message } from 'esbuild'
import { build } from 'esbuild'
import { HoldfastError } from '../model/errors.ts'
import { didYouMean } from '../model/parse.ts'

export interface BundleOptions {
  projectDir: string
  /** Folder under `scenarios/`. */
  system: string
  /** File names under it, without `.ts`. */
  scenarios: string[]
  outFile: string
}

/** Names of a system's scenarios, sorted; none when it has no folder. */
export const scenarioNames = (projectDir: string, system: string): string[] => {
  try {
    return readdirSync(join(projectDir, 'scenarios', system))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => file.slice(0, -3))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/**
 * Bundles scenarios into one k6 test with esbuild. k6 never sees TypeScript: a decorator in a `.ts`
 * file makes it spin without a word. The same sources give the same bytes, wherever they are.
 * @throws HoldfastError for an unknown scenario, and for errors in the sources (`file:line: message`).
 */
export const bundleScenarios = async (options: BundleOptions): Promise<{ file: string; sha256: string }> => {
  const { projectDir, system, scenarios, outFile } = options
  const known = scenarioNames(projectDir, system)
  for (const scenario of scenarios) {
    if (known.includes(scenario)) continue
    throw new HoldfastError(`${system} has no scenario "${scenario}"`, { hint: didYouMean(scenario, known) })
  }
  const code = await bundle(projectDir, entryOf('combine', system, scenarios))
  mkdirSync(dirname(outFile), { recursive: true })
  // In a record: for its owner alone.
  writeFileSync(outFile, code, { mode: 0o600 })
  return { file: outFile, sha256: createHash('sha256').update(code).digest('hex') }
}

/**
 * The same for a test that is only looked at: what each of these scenarios declares (`scenarios/lib/declare.ts`).
 * @throws HoldfastError as bundleScenarios.
 */
export const bundleDeclarations = async ({ projectDir, system, scenarios, outFile }: BundleOptions): Promise<void> =>
  writeFileSync(outFile, await bundle(projectDir, entryOf('declare', system, scenarios)), { mode: 0o600 })

const entryOf = (kind: 'combine' | 'declare', system: string, scenarios: string[]): string =>
  [
    `import { ${kind} } from './scenarios/lib/${kind}.ts'`,
    // All that a file exports: what would be ignored is refused.
    ...scenarios.map((name, i) => `import * as s${i} from './scenarios/${system}/${name}.ts'`),
    `const test = ${kind}(${JSON.stringify(system)}, { ${scenarios.map((name, i) => `${JSON.stringify(name)}: s${i}`).join(', ')} })`,
    'export const options = test.options',
    kind === 'combine' ? 'export default test.run' : 'export default () => {}',
  ].join('\n')

const bundle = async (projectDir: string, entry: string): Promise<Uint8Array> => {
  try {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: projectDir, sourcefile: 'holdfast-test.ts', loader: 'ts' },
      absWorkingDir: projectDir,
      // Fixed, since the source map holds paths relative to it.
      outfile: join(projectDir, 'out/bundle.js'),
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      charset: 'utf8',
      external: ['k6', 'k6/*', 'https://*'],
      sourcemap: 'inline',
      logLevel: 'silent',
    })
    const [file] = outputFiles
    if (!file) throw new Error('esbuild gave no output')
    return file.contents
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? []
    if (!first) throw error
    throw new HoldfastError(`${placeOf(first)}${first.text}`, { cause: error, hint: 'Fix the scenario.' })
  }
}

const placeOf = ({ location }: Message): string =>
  location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''
