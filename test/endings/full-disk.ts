import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** PostgreSQL's files take some 60 MB. */
const size = '160m'
const pieceBytes = 1024 * 1024

/** Mounts a small disk of its own at a new folder. Needs root on Linux. */
export const mountDisk = (folder: string): { fill: () => void; makeRoom: () => void; unmount: () => void } => {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  const filler = join(folder, 'filler')
  return {
    fill: () => {
      const file = openSync(filler, 'w')
      try {
        // Ever smaller pieces, until not one byte fits.
        for (let bytes = pieceBytes; bytes >= 1; ) if (!writesAll(file, bytes)) bytes = Math.floor(bytes / 2)
      } finally {
        closeSync(file)
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', folder]),
  }
}

const writesAll = (file: number, bytes: number): boolean => {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    return false
  }
}
