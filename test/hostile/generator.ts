import fc from 'fast-check'
import { recordFiles } from '../../run/record-names.ts'
import { baseFiles, type Files } from './base.ts'
import { hostileValue, infinite } from './values.ts'

/** One thing that is done to a record; `where` picks the place, as a share of all there are. */
export type Change =
  | { kind: 'value'; file: string; where: number; value: unknown }
  | { kind: 'key'; file: string; where: number; key: string; value: unknown }
  | { kind: 'line'; file: string; where: number; what: 'drop' | 'double' | 'swap' | 'cut' | 'garbage' }
  | { kind: 'bytes'; file: string; where: number; bytes: number[] }
  | { kind: 'absent'; file: string }
  | { kind: 'entry'; name: string; entry: Entry }

/** What stands under a name instead of a file. */
export type Entry =
  | { is: 'link'; to: string }
  | { is: 'hard link'; to: string }
  | { is: 'pipe' | 'socket' | 'folder' | 'sparse' | 'unreadable' }

const files = Object.keys(baseFiles())
const file = fc.constantFrom(...files, recordFiles.plan, recordFiles.events)
const where = fc.noBias(fc.nat(999_999)).map((millionths) => millionths / 1e6)
const key = fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', 'a/b', '\u001b[2J', 'x', 'runId', 'type')
/** Names that some command opens, writes, makes or removes. */
const names = fc.constantFrom(
  ...files,
  ...['report.html', 'report.md', 'junit.xml', 'report.md.new', 'verdict.json.new', 'charts.json.new', 'k6.log'],
  ...[
    'logs',
    'work',
    'reserve',
    'steps',
    'steps/01',
    'steps/01/events.ndjson',
    'steps/01/plan.json',
    'work/data',
    '.git',
  ],
)
/** Relative to the folder outside of the records, but for those that begin with a dot or a slash. */
const targets = fc.constantFrom(
  ...[
    'notes.txt',
    'deploy.sh',
    'projects',
    'projects/thesis',
    'projects/01/events.ndjson',
    'verdict.json',
    'absent',
    '',
  ],
  ...['..', '.', '/dev/zero', '/dev/full', '/proc/self/environ', '/proc/self/mem', '/proc/1/root', 'good', '/nowhere'],
)
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ is: fc.constant('link' as const), to: targets }),
  fc.record({ is: fc.constant('hard link' as const), to: fc.constantFrom('notes.txt', 'projects/01/events.ndjson') }),
  fc.record({
    is: fc.constantFrom(
      'pipe' as const,
      'socket' as const,
      'folder' as const,
      'sparse' as const,
      'unreadable' as const,
    ),
  }),
)

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('value' as const), file, where, value: hostileValue }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('key' as const), file, where, key, value: hostileValue }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant('line' as const), file, where },
      what: fc.constantFrom('drop' as const, 'double' as const, 'swap' as const, 'cut' as const, 'garbage' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bytes' as const),
      file,
      where,
      bytes: fc.array(fc.nat(255), { maxLength: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('absent' as const), file }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('entry' as const), name: names, entry }) },
)

/** A record with one to four things wrong. */
export const hostileRecord: fc.Arbitrary<Change[]> = fc.array(change, { minLength: 1, maxLength: 4 })

/** The record of a seed. */
export const drawRecord = (seed: number): Change[] => fc.sample(hostileRecord, { seed, numRuns: 1 })[0] ?? []

/** Files of the record after the changes of their content; entries are not made here. */
export const changedFiles = (changes: readonly Change[]): Files => {
  const all = baseFiles()
  for (const one of changes) {
    if (one.kind === 'entry') continue
    const text = all[one.file]
    if (text === undefined) continue
    if (one.kind === 'absent') delete all[one.file]
    else if (one.kind === 'bytes') all[one.file] = withBytes(text, one.where, one.bytes)
    else all[one.file] = withChange(text, one, one.file.endsWith('.ndjson'))
  }
  return all
}

const withBytes = (text: string, where: number, bytes: number[]): string => {
  const at = Math.floor(where * text.length)
  return text.slice(0, at) + Buffer.from(bytes).toString('latin1') + text.slice(at + bytes.length)
}

const withChange = (
  text: string,
  change: Exclude<Change, { kind: 'entry' | 'bytes' | 'absent' }>,
  byLine: boolean,
): string => {
  const lines = byLine ? text.split('\n').slice(0, -1) : [text]
  // One share picks the line and, by what is left of it, the place in the line.
  const share = change.where * lines.length
  const at = Math.floor(share)
  const line = lines[at] ?? ''
  if (change.kind === 'line') {
    const other = lines[(at + 3) % lines.length] ?? ''
    const ways = {
      drop: [],
      double: [line, line],
      swap: [other],
      cut: [line.slice(0, line.length >> 1)],
      garbage: ['{"a":'.repeat(20)],
    }
    lines.splice(at, 1, ...ways[change.what])
  } else lines[at] = withValue(line, share - at, change)
  return byLine ? lines.map((each) => `${each}\n`).join('') : (lines[0] ?? '')
}

/** JSON with another value at one of its places. */
const withValue = (
  json: string,
  where: number,
  { value, ...change }: { value: unknown } & ({ kind: 'value' } | { kind: 'key'; key: string }),
): string => {
  let root: unknown
  try {
    root = JSON.parse(json)
  } catch {
    return json // An earlier change has broken it.
  }
  const places = placesOf(root)
  const place = places[Math.floor(where * places.length)]
  if (place === undefined) return textOf(value)
  const [parent, name] = place
  // By definition, and not as a setter: `__proto__` becomes a key of its own.
  const key = change.kind === 'key' && !Array.isArray(parent) ? change.key : name
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true })
  return textOf(root)
}

const textOf = (value: unknown): string => (JSON.stringify(value) ?? '').replaceAll(`"${infinite}"`, '1e999')

type Place = [parent: object, name: string]

const placesOf = (value: unknown): Place[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]): Place[] => [[value, name], ...placesOf(part)])
}
