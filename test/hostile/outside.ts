import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What stands beside the records: everything that a trick of a record would like to reach. */
export const plantOutside = (dir: string): void => {
  for (const [name, text, mode] of [
    ['notes.txt', 'a note without an end of line', 0o600],
    ['deploy.sh', '#!/bin/sh\necho deployed\n', 0o755],
    ['projects/thesis/work/chapter.txt', 'one\n', 0o600],
    ['projects/01/work/chapter.txt', 'one\n', 0o600],
    ['projects/01/events.ndjson', '{"atMs":1,"type":"run.ended","reason":"completed"}\n', 0o600],
    ['verdict.json', '{}', 0o600],
  ] as const) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text, { mode })
  }
}

/** Every entry below a folder with its kind, mode, links and content, but for the folders left out. */
export const treeOf = (dir: string, leftOut: readonly string[] = []): string[] =>
  readdirSync(dir)
    .sort()
    .flatMap((name) => {
      const path = join(dir, name)
      if (leftOut.includes(path)) return []
      const entry = lstatSync(path)
      const { mode } = entry
      if (entry.isDirectory()) return [`${path} ${mode}`, ...treeOf(path, leftOut)]
      const content = entry.isSymbolicLink()
        ? readlinkSync(path)
        : entry.isFile()
          ? createHash('sha256').update(readFileSync(path)).digest('hex')
          : ''
      return [`${path} ${mode} ${content}`]
    })
