import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { findCycles } from './cycles.ts'
import { type Room, rooms, testFileRoom } from './rooms.ts'

/** One import or re-export as it stands in a file. */
interface Import {
  specifier: string
  line: number
  typeOnly: boolean
}

/** Path relative to the project folder, with `/`, to the file's text. */
export type Sources = ReadonlyMap<string, string>

/**
 * Checks every import against the table of rooms, and looks for cycles (type imports count: a reader
 * has to follow them too).
 * @returns one line per violation: `file:line: room X may not import Y (allowed: ...)`; empty = all is well.
 */
export const checkImports = (sources: Sources, table: Room[] = rooms): string[] => {
  const problems: string[] = []
  const edges = new Map<string, Map<string, number>>()
  for (const [file, text] of sources) {
    const imports = readImports(text)
    const targets = new Map<string, number>()
    for (const { specifier, line } of imports) {
      const target = resolveImport(file, specifier)
      if (sources.has(target)) targets.set(target, targets.get(target) ?? line)
    }
    edges.set(file, targets)
    if (!file.includes('/')) continue // configuration files in the project folder belong to no room
    const room = roomOf(file, table)
    if (room === undefined) problems.push(`${file}:1: belongs to no room (add its folder to scripts/check/rooms.ts)`)
    else problems.push(...imports.flatMap((entry) => violation(file, room, entry)))
  }
  const cycles = findCycles(edges).map(({ from, line, path }) => `${from}:${line}: import cycle: ${path.join(' -> ')}`)
  return [...problems, ...cycles].sort()
}

/** The project's TypeScript sources; folders that are not ours are left out. */
export const readSources = (projectDir: string): Sources => {
  const files = globSync('**/*.ts', {
    cwd: projectDir,
    exclude: (path) => /^(node_modules|out|\.tools|\.git)$/.test(path.split('/').at(-1) ?? ''),
  })
  return new Map(files.sort().map((file) => [file, readFileSync(join(projectDir, file), 'utf8')]))
}

/**
 * Imports of a formatted source: statements start in column 0 and their clause holds nothing but names,
 * `import('...')` may stand anywhere outside of comment lines.
 */
const readImports = (text: string): Import[] => {
  const code = text.replace(/^[ \t]*(?:\/\/.*|\/\*[\s\S]*?\*\/)/gm, (comment) => comment.replace(/[^\n]/g, ' '))
  const statement = /^(?:import|export)\s+(type\s(?!\s*(?:from\b|,)))?(?:[\w$*{},\s]*?\bfrom\s*)?(['"])([^'"\n]+)\2/gm
  const dynamic = /\bimport\(\s*(['"])([^'"\n]+)\1/g
  const lineAt = (index: number) => code.slice(0, index).split('\n').length
  return [
    ...Array.from(code.matchAll(statement), (match) => ({
      specifier: match[3] ?? '',
      line: lineAt(match.index),
      typeOnly: match[1] !== undefined,
    })),
    ...Array.from(code.matchAll(dynamic), (match) => ({
      specifier: match[2] ?? '',
      line: lineAt(match.index),
      typeOnly: false,
    })),
  ]
}

const violation = (file: string, room: Room, { specifier, line, typeOnly }: Import): string[] => {
  const isTest = file.endsWith('.test.ts')
  const packages = [...room.packages, ...(isTest ? testFileRoom.packages : [])]
  const allowedRooms = [
    room.folder,
    ...room.rooms,
    ...(typeOnly ? (room.types ?? []) : []),
    ...(isTest ? [...testFileRoom.rooms, file.split('/')[0] ?? ''] : []),
  ]
  const node = room.node || (isTest && testFileRoom.node)
  const target = resolveImport(file, specifier)
  const isAllowed = specifier.startsWith('node:')
    ? node
    : covers(specifier.startsWith('.') ? allowedRooms : packages, target)
  if (isAllowed) return []
  const allowed = [
    ...room.rooms,
    ...(room.types ?? []).map((name) => `import type from ${name}`),
    ...packages,
    ...(node ? ['node:*'] : []),
  ]
  return [`${file}:${line}: room ${room.folder} may not import ${target} (allowed: ${allowed.join(', ') || 'nothing'})`]
}

const covers = (names: string[], target: string): boolean =>
  names.some((name) => name === '*' || target === name || target.startsWith(`${name}/`))

const resolveImport = (file: string, specifier: string): string =>
  specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier

const roomOf = (file: string, table: Room[]): Room | undefined =>
  table
    .filter((room) => file.startsWith(`${room.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)
    .at(0)
