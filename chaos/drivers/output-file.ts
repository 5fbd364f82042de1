import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const keptBytes = 10_000

/** What a program writes, in a file without a name. */
export interface OutputFile {
  fd: number
  bytes: () => number
  /** The last line; empty where nothing was written. */
  lastLine: () => string
  close: () => void
}

/**
 * Opens one. A pipe would do as long as Holdfast reads it: what a program leaves running on purpose would die of it
 * afterwards, at its next line of log. Null where no file can be made: then output goes nowhere.
 */
export const openOutput = (): OutputFile | null => {
  let fd: number
  try {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-output-'))
    try {
      fd = openSync(join(dir, 'output'), 'a+', 0o600)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  } catch {
    return null
  }
  const bytes = () => fstatSync(fd).size
  return {
    fd,
    bytes,
    lastLine: () => {
      const tail = Buffer.alloc(Math.min(keptBytes, bytes()))
      const length = readSync(fd, tail, 0, tail.length, Math.max(0, bytes() - tail.length))
      return tail.toString('utf8', 0, length).trim().split('\n').at(-1) ?? ''
    },
    close: () => closeSync(fd),
  }
}
