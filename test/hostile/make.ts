import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { Files } from './base.ts'
import type { Change, Entry } from './generator.ts'

/** What is made beside a record; sockets and pipes need a program or a server of their own. */
export interface Makers {
  pipe: (path: string) => void
  socket: (path: string) => void
}

export const realMakers: Makers = {
  pipe: (path) => void execFileSync('mkfifo', [path]),
  socket: (path) =>
    void execFileSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => process.exit())`,
    ]),
}

/** Writes a record as it is described. `outside` is the folder that links lead to. */
export const makeHostile = (
  dir: string,
  outside: string,
  files: Files,
  entries: Extract<Change, { kind: 'entry' }>[],
  makers: Makers = realMakers,
): void => {
  mkdirSync(dir, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 })
  for (const { name, entry } of entries) {
    const path = join(dir, name)
    try {
      rmSync(path, { recursive: true, force: true })
      mkdirSync(dirname(path), { recursive: true })
      makeEntry(path, outside, entry, makers)
    } catch {
      // An earlier entry is in its way, as a file where a folder would have to be.
    }
  }
}

const makeEntry = (path: string, outside: string, entry: Entry, makers: Makers): void => {
  if (entry.is === 'link')
    symlinkSync(entry.to.startsWith('.') || isAbsolute(entry.to) ? entry.to : join(outside, entry.to), path)
  else if (entry.is === 'hard link') linkSync(join(outside, entry.to), path)
  else if (entry.is === 'folder') mkdirSync(path)
  else if (entry.is === 'sparse') {
    writeFileSync(path, '')
    truncateSync(path, 2 ** 38)
  } else if (entry.is === 'unreadable') {
    writeFileSync(path, '')
    chmodSync(path, 0)
  } else makers[entry.is](path)
}
