import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Declared, DeclaredNames } from '../model/declared.ts'
import { HoldfastError } from '../model/errors.ts'
import { bundleDeclarations, scenarioNames } from './bundle.ts'
import { inspectDeclarations } from './inspect.ts'

export interface DeclarationsOptions {
  projectDir: string
  system: string
  /** Path of the k6 binary. */
  k6: string
  /** A file that may be written, and is removed again. */
  scratchFile: string
}

/**
 * What every scenario of a system declares, whether a game day has it or not. A file that cannot be read disturbs
 * nobody who does not need it: it is in `unreadable`, with the reason.
 */
export const declaredScenarios = async (
  options: DeclarationsOptions,
): Promise<Pick<Declared, 'scenarios' | 'unreadable'>> => {
  const names = scenarioNames(options.projectDir, options.system)
  try {
    return sorted(await inspected(options, names))
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    // One of them spoils the bundle of all: each by itself then.
    const each = await Promise.all(names.map((name) => alone(options, name)))
    return sorted(Object.assign({}, ...each))
  }
}

const alone = async (options: DeclarationsOptions, name: string): Promise<Inspected> => {
  const scratchFile = join(dirname(options.scratchFile), `scenario-${name}.js`)
  try {
    return await inspected({ ...options, scratchFile }, [name])
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return { [name]: error.message }
  }
}

type Inspected = Record<string, DeclaredNames | string>

const inspected = async (
  { projectDir, system, k6, scratchFile }: DeclarationsOptions,
  scenarios: string[],
): Promise<Inspected> => {
  if (scenarios.length === 0) return {}
  try {
    await bundleDeclarations({ projectDir, system, scenarios, outFile: scratchFile })
    return await inspectDeclarations({ k6, bundleFile: scratchFile })
  } finally {
    rmSync(scratchFile, { force: true })
  }
}

const sorted = (all: Inspected): Pick<Declared, 'scenarios' | 'unreadable'> => {
  const scenarios: Declared['scenarios'] = {}
  const unreadable: Declared['unreadable'] = {}
  for (const [name, found] of Object.entries(all)) {
    if (typeof found === 'string') unreadable[name] = found
    else scenarios[name] = found
  }
  return { scenarios, unreadable }
}
