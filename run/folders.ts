import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it. Node's own `recursive` never ends where a folder can't be made
 * below one that is there (`/proc/x`).
 * @throws the error of the file system.
 */
export const makeFolders = (dir: string, mode = 0o777): void => {
  if (isFolder(dir)) return
  if (dirname(dir) !== dir) makeFolders(dirname(dir), mode)
  try {
    mkdirSync(dir, { mode })
  } catch (error) {
    // Another process may have made it in between.
    if (!isFolder(dir)) throw error
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
