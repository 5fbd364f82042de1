import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { faults } from '../chaos/faults/index.ts'
import { exitCodes } from '../model/exit-codes.ts'
import { systems } from '../systems/index.ts'
import { makeProgram } from './program.ts'
import { projectDir } from './project.ts'

const readme = readFileSync(join(projectDir, 'README.md'), 'utf8')
const program = makeProgram(() => {})
const commands: readonly Command[] = program.commands

/** Rows of the README's table whose first heading is this: cells, without the backquotes of the first one. */
const rowsOf = (heading: string): string[][] => {
  const lines = readme.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  if (start === -1) throw new Error(`README.md has no table that starts with "| ${heading} |"`)
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'))
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell, i) => (i === 0 ? cell.trim().replaceAll('`', '') : cell.trim())),
  )
}

const usageOf = (command: Command): string =>
  [
    'holdfast',
    command.name(),
    ...command.registeredArguments.map((a) => (a.required ? `<${a.name()}>` : `[${a.name()}]`)),
  ].join(' ')

describe('README', () => {
  it('lists every command with its arguments, and no other', () => {
    expect(rowsOf('command').map(([usage]) => usage)).toEqual(commands.map(usageOf))
  })

  it('lists every option with the commands that have it, and no other', () => {
    const written = Object.fromEntries(rowsOf('option').map(([flags, of]) => [flags, of]))
    const real: Record<string, string> = { '-h, --help': 'every command', '-V, --version': 'holdfast' }
    for (const flags of new Set(commands.flatMap((command) => command.options.map((option) => option.flags)))) {
      const having = commands.filter((command) => command.options.some((option) => option.flags === flags))
      real[flags] = having.map((command) => command.name()).join(', ')
    }
    expect(written).toEqual(real)
  })

  it('names what can be listed, made and chosen', () => {
    const choices = [
      ...commands.flatMap((command) => command.registeredArguments.flatMap((argument) => argument.argChoices ?? [])),
      ...commands.flatMap((command) => command.options.flatMap((option) => option.argChoices ?? [])),
      ...Object.values(systems).flatMap((system) => Object.keys(system.weaknesses)),
    ]
    expect(choices.filter((choice) => !readme.includes(`\`${choice}\``) && !readme.includes(` ${choice}\``))).toEqual(
      [],
    )
  })

  it('names the faults that exist in a cluster only, and those that do not exist there', () => {
    const said = /- Faults: (.+) +exist in the environment `kubernetes` only; (.+) do not exist there/s.exec(readme)
    const namesIn = (text = '') => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()
    const kinds = Object.values(faults).map(({ kind, environments }) => ({ kind, in: new Set<string>(environments) }))
    const inCluster = kinds.filter((each) => each.in.has('kubernetes'))
    expect(namesIn(said?.[1])).toEqual(inCluster.flatMap((each) => (each.in.size === 1 ? each.kind : [])).sort())
    expect(namesIn(said?.[2])).toEqual(kinds.flatMap((each) => (each.in.has('kubernetes') ? [] : each.kind)).sort())
  })

  it('lists every exit code', () => {
    expect(rowsOf('exit code').map(([code]) => Number(code))).toEqual(Object.values(exitCodes))
  })
})

describe('links between documents', () => {
  const documents = [
    ...['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'],
    ...readdirSync(join(projectDir, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join('docs', file)),
  ]

  it.each(documents)('%s leads to files that are there', (document) => {
    const text = readFileSync(join(projectDir, document), 'utf8')
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)|(?:src|srcset)="([^"]+)"/g)].map(
      ([, a, b]) => a ?? b ?? '',
    )
    const local = targets.filter((target) => !/^https?:/.test(target))
    expect(local.filter((target) => !existsSync(join(projectDir, dirname(document), target)))).toEqual([])
  })
})
