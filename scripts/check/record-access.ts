import type { Sources } from './imports.ts'

/** What works on a file that is open already. */
const byDescriptor = [
  'closeSync',
  'createReadStream',
  'createWriteStream',
  'fstatSync',
  'fsyncSync',
  'ftruncateSync',
  'readSync',
  'writeSync',
]
/** The module itself, and what measures Holdfast on records of its own. */
const exempt = ['run/record-files.ts', 'run/record-folder.ts', 'scripts/bench/']

/**
 * Files of a record are opened by `run/record-files.ts` alone: who knows their names may not use `node:fs` by path.
 * @returns one line per violation; empty = all is well.
 */
export const checkRecordAccess = (sources: Sources): string[] =>
  [...sources].flatMap(([file, text]) => {
    if (
      !/\brecordFiles\b/.test(text) ||
      file.startsWith('test/') ||
      file.endsWith('.test.ts') ||
      exempt.some((start) => file.startsWith(start))
    )
      return []
    const clauses = [...text.matchAll(/^import\s+(?:\{([^}]*)\}|.*?)\s+from 'node:fs(\/promises)?'/gm)]
    return clauses.flatMap(([, names = '*', isPromises]) =>
      names
        .split(',')
        .map((name) => name.trim().split(' ')[0] ?? '')
        .filter((name) => name !== '' && (isPromises !== undefined || !byDescriptor.includes(name)))
        .map((name) => `${file}: opens files of a record by node:fs ${name} (use run/record-files.ts)`),
    )
  })
