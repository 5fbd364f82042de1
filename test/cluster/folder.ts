import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** @param folder must be new or empty, since it is removed at the end; '' stands for one in the system's temporary folder */
export const emptyFolder = (folder: string): string => {
  if (folder === '') return mkdtempSync(join(tmpdir(), 'holdfast-cluster-'))
  const path = resolve(folder)
  if (existsSync(path) && readdirSync(path).length > 0)
    throw new Error(`${path} is not empty: its content would be removed at the end`)
  mkdirSync(path, { recursive: true })
  return path
}
