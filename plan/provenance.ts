import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, platform, release } from 'node:os'
import { join } from 'node:path'
import type { Provenance } from '../model/plan.ts'

/** Programs that the run uses. */
export interface PlanTools {
  /** Path of the k6 binary. */
  k6: string
  /** Versions by name, where they are known. */
  versions?: Record<string, string>
}

/** Where the run's figures come from: code, programs, machine, command. */
export const provenanceOf = (projectDir: string, command: string, tools: PlanTools): Provenance => ({
  holdfast: String(
    (JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')) as { version: unknown }).version,
  ),
  gitCommit: gitCommit(projectDir),
  command,
  node: process.versions.node,
  k6: tools.versions?.k6 ?? k6Version(tools.k6),
  platform: `${platform()} ${release()} ${arch()}`,
  tools: { ...tools.versions },
})

/** Null outside a git checkout; `+` at the end says that files differ from the commit. */
const gitCommit = (projectDir: string): string | null => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', projectDir, ...args], {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  try {
    const commit = git('rev-parse', 'HEAD').trim()
    return git('status', '--porcelain').trim() === '' ? commit : `${commit}+`
  } catch {
    return null // no git, or no checkout: the record says null
  }
}

const k6Version = (k6: string): string => {
  const text = execFileSync(k6, ['version'], { encoding: 'utf8', timeout: 10_000 })
  return /v(\d+\.\d+\.\d+\S*)/.exec(text)?.[1] ?? text.trim()
}
