import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../package.json' with { type: 'json' }
import { makeProgram } from './program.ts'
import { projectDir } from './project.ts'

interface Workflow {
  jobs: Record<string, { 'timeout-minutes'?: number; steps: { run?: string; uses?: string; env?: object }[] }>
}

const dir = join(projectDir, '.github/workflows')
const workflows = readdirSync(dir).map(
  (file) => [file, parse(readFileSync(join(dir, file), 'utf8')) as Workflow] as const,
)
const commands = makeProgram(() => {}).commands

describe.each(workflows)('%s', (_file, { jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const lines = steps.flatMap(({ run }) => run?.split('\n') ?? []).filter((line) => line !== '')

  it('has a time limit for every job', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  })

  it('runs what there is, with options that there are', () => {
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const script = /^npm run (\S+)/.exec(line)?.[1]
      if (script !== undefined) expect(Object.keys(packageJson.scripts)).toContain(script)
      const [, name] = /^\.\/holdfast (\S+)/.exec(line) ?? []
      if (name === undefined) continue
      const command = commands.find((known) => known.name() === name)
      const flags = command?.options.map(({ long }) => long)
      for (const [flag] of line.matchAll(/--[a-z-]+/g)) expect(flags).toContain(flag)
    }
  })

  it('puts nothing that a stranger may write into a command', () => {
    for (const line of lines) expect(line).not.toContain('${{')
  })
})
