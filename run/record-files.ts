import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { mostInFile, tooLarge, tooLargeText } from '../model/bounds.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { atEntry, atFolder, refused, safely } from './record-folder.ts'
import { mostBytesOf } from './record-names.ts'

/*
 * The only way to the files of a record. A record is copied between machines and people: what lies in it may be a link
 * to a file of the user, a pipe that never ends, or a file of any size. So nothing in it is opened through a link, nothing
 * but regular files is read or written, and no more is read than `mostBytesOf` tells.
 */

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants

/** True for the error of a file or folder that is absent. */
export const isAbsent = (error: unknown): boolean => codeOf(error) === 'ENOENT'

const codeOf = (error: unknown): string | undefined =>
  error instanceof HoldfastError ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined

/** True where the record has an entry of that name, of whatever kind. @throws HoldfastError for a record that is a link. */
export const isInRecord = (dir: string, name: string): boolean =>
  unlessAbsent(false, () =>
    atEntry(dir, name, 'found', (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined),
  )

/**
 * Opens a file of a record for reading; the caller closes it.
 * @throws HoldfastError when it is absent (`isAbsent`), is no regular file, is larger than it may be, or lies behind a link.
 */
export const openToRead = (dir: string, name: string): number => openRegular(dir, name, 'read', O_RDONLY)

/** The text of a file of a record. @throws HoldfastError as openToRead. */
export const readRecordFile = (dir: string, name: string): string => {
  const file = openToRead(dir, name)
  try {
    // No more than was there when it was looked at, even of a file that grows meanwhile.
    const bytes = Buffer.alloc(fstatSync(file).size)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null)
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(file)
  }
}

/**
 * A file of a record as JSON.
 * @throws HoldfastError as openToRead, and for what is no JSON or holds more than Holdfast ever writes.
 */
export const readRecordJson = (dir: string, name: string): unknown => {
  const text = readRecordFile(dir, name)
  const atOnce = tooLargeText(text, mostInFile)
  if (atOnce !== null) throw refused(join(dir, name), `holds ${atOnce}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HoldfastError(`${join(dir, name)} is not JSON (${messageOf(cause)})`, { cause })
  }
  const found = tooLarge(value, mostInFile)
  if (found !== null) throw refused(join(dir, name), `holds ${found}`)
  return value
}

/**
 * Opens a file of a record to be extended or cut; the caller closes it. A file with a second name is refused: the other
 * one may be the user's.
 * @param create makes the file where it is absent
 * @throws HoldfastError as openToRead.
 */
export const openToAppend = (dir: string, name: string, { create = true } = {}): number => {
  const file = openRegular(dir, name, 'written', O_RDWR | O_APPEND | (create ? O_CREAT : 0))
  if (fstatSync(file).nlink <= 1) return file
  closeSync(file)
  throw refused(join(dir, name), 'has a second name (a hard link)')
}

/** As openToAppend, and empties the file. */
export const openToOverwrite = (dir: string, name: string): number => {
  const file = openToAppend(dir, name)
  ftruncateSync(file)
  return file
}

/**
 * Writes a file of a record whole or not at all: a reader never sees half of it. Whatever had the name is replaced.
 * @throws HoldfastError when it cannot be written.
 */
export const writeRecordFile = (dir: string, name: string, text: string, { flush = false } = {}): void =>
  atEntry(dir, name, 'written', (path, folder) => {
    const temporary = join(folder, `.${basename(name)}.${randomBytes(8).toString('hex')}`)
    const file = openSync(temporary, O_RDWR | O_CREAT | O_EXCL | safely, 0o600)
    try {
      writeFileSync(file, text)
      if (flush) fsyncSync(file)
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
  })

/** Removes an entry of a record with all that is in it; a link is removed, and not what it leads to. */
export const removeFromRecord = (dir: string, name: string): void =>
  unlessAbsent(undefined, () => atEntry(dir, name, 'removed', (path) => rmSync(path, { recursive: true, force: true })))

/** Names in a folder of a record, sorted; none where it is absent. @throws HoldfastError when it is no folder. */
export const namesInRecord = (dir: string, folder: string): string[] =>
  unlessAbsent([], () => atFolder(dir, folder, 'read', (path) => readdirSync(path).sort()))

/** Makes a folder of a record, for its owner alone; one that is there stays. @throws HoldfastError where it cannot be. */
export const makeInRecord = (dir: string, folder: string): void => {
  try {
    atEntry(dir, folder, 'made', (path) => mkdirSync(path, { mode: 0o700 }))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    atFolder(dir, folder, 'read', () => {})
  }
}

/** Moves everything in a record but `kept` into a folder of it. */
export const moveInRecord = (dir: string, into: string, kept: string): void =>
  atFolder(dir, into, 'written', (target) =>
    atFolder(dir, '.', 'moved', (record) => {
      for (const name of readdirSync(record)) if (name !== kept) renameSync(join(record, name), join(target, name))
    }),
  )

const openRegular = (dir: string, name: string, done: string, flags: number): number =>
  atEntry(dir, name, done, (path) => {
    const file = openSync(path, flags | safely, 0o600)
    const entry = fstatSync(file)
    const most = mostBytesOf(name)
    if (entry.isFile() && entry.size <= most) return file
    closeSync(file)
    throw refused(join(dir, name), entry.isFile() ? `is larger than ${most >> 20} MiB` : 'is no regular file')
  })

const unlessAbsent = <T>(otherwise: T, use: () => T): T => {
  try {
    return use()
  } catch (error) {
    if (isAbsent(error)) return otherwise
    throw error
  }
}
