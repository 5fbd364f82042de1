import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../package.json' with { type: 'json' }
import { rooms } from './check/rooms.ts'
import { makeProgram } from './program.ts'
import { projectDir } from './project.ts'

interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, { 'timeout-minutes'?: number; steps: { run?: string; uses?: string; env?: object }[] }>
}

const dir = join(projectDir, '.github/workflows')
const workflows = readdirSync(dir).map(
  (file) => [file, parse(readFileSync(join(dir, file), 'utf8')) as Workflow] as const,
)
const commands = makeProgram(() => {}).commands

describe.each(workflows)('%s', (file, { jobs, permissions }) => {
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

  it('takes every action by the id of a commit, with its version beside it', () => {
    const taken = readFileSync(join(dir, file), 'utf8').match(/^.*\buses:.*$/gm) ?? []
    const actions = taken.filter((line) => !line.trimStart().startsWith('#'))
    expect(actions.length).toBeGreaterThan(0)
    for (const line of actions) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('may read and nothing more', () => expect(permissions).toEqual({ contents: 'read' }))

  it('puts nothing that a stranger may write into a command', () => {
    for (const line of lines) expect(line).not.toContain('${{')
  })
})

describe('the image of Holdfast', () => {
  const lines = readFileSync(join(projectDir, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  it('takes what is named, and nothing else', () => {
    expect(lines[0]).toBe('*')
    const taken = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    for (const name of taken) expect(name).not.toMatch(/^(\.git|\.env|out|test|docs)|\*/)
    // Every folder that the program's own code may be imported from.
    const folders = [...rooms.map(({ folder }) => folder), 'node_modules', '.tools', 'package.json']
    const left = new Set(['docs', 'test'])
    for (const folder of folders.map((name) => name.split('/')[0] ?? name).filter((name) => !left.has(name)))
      expect(taken).toContain(folder)
  })
})

describe('updates', () => {
  const { updates } = parse(readFileSync(join(projectDir, '.github/dependabot.yml'), 'utf8')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[]
  }

  it('are proposed for npm, Go, actions and images, in folders that are there', () => {
    const kinds = updates.map((update) => update['package-ecosystem'])
    expect(kinds.sort()).toEqual(['docker', 'github-actions', 'gomod', 'npm'])
    const folders = updates.flatMap(({ directory, directories }) => directories ?? [directory ?? ''])
    for (const folder of folders) expect(existsSync(join(projectDir, folder.replace(/\*$/, ''))), folder).toBe(true)
  })
})
