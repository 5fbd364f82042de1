import { closeSync, constants, lstatSync, openSync, realpathSync, type Stats } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { recordFiles } from './record-names.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants
/** macOS refuses links anywhere in a path by this flag, and there Node cannot open from an open folder. */
const noLinkAnywhere = process.platform === 'darwin' ? 0x20000000 : 0

/** For every `open`: no link is followed, and a pipe is not waited for. */
export const safely = O_NOFOLLOW | O_NONBLOCK | noLinkAnywhere

/**
 * Calls `use` with the path of an entry of a record that no link leads elsewhere, and with that of its folder; both are
 * good during the call only.
 * @param done what was to be done with it, for the error
 * @throws HoldfastError for every error of the file system; its cause tells which.
 */
export const atEntry = <T>(dir: string, name: string, done: string, use: (path: string, folder: string) => T): T =>
  inFolder(dir, dirname(name), name, done, (folder) => use(join(folder, basename(name)), folder))

/** The same for a folder of a record; `.` is the record itself. */
export const atFolder = <T>(dir: string, folder: string, done: string, use: (folder: string) => T): T =>
  inFolder(dir, folder, folder, done, use)

/** Folders are held open one inside the other: none can become a link between the look and the use. */
const inFolder = <T>(dir: string, folder: string, name: string, done: string, use: (folder: string) => T): T => {
  if (name.split('/').includes('..')) throw refused(join(dir, name), 'lies outside of the record')
  const record = placeOf(dir)
  let open: number | null = null
  try {
    let path = realpathSync(record.base)
    for (const part of [...record.parts, ...partsOf(folder)]) {
      const next = openSync(join(path, part), O_RDONLY | O_DIRECTORY | safely)
      if (open !== null) closeSync(open)
      open = next
      // On Linux an open folder can be the beginning of a path.
      path = process.platform === 'linux' ? `/proc/self/fd/${open}` : join(path, part)
    }
    return use(path)
  } catch (cause) {
    throw failure(dir, name, done, cause)
  } finally {
    if (open !== null) closeSync(open)
  }
}

/** The folders of a record from the first that may be no link: above it the path is the user's own. */
const placeOf = (dir: string): { base: string; parts: string[] } => {
  const record = resolve(dir)
  const above = dirname(record)
  const isStep = basename(above) === recordFiles.steps && /^\d+$/.test(basename(record))
  const base = dirname(isStep ? dirname(above) : record)
  return { base, parts: partsOf(relative(base, record)) }
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.')

/** What is in a record and cannot be of Holdfast's making. */
export const refused = (path: string, what: string): HoldfastError =>
  new HoldfastError(`${path} ${what}`, { hint: 'Holdfast has not written it: the record is not to be trusted.' })

const failure = (dir: string, name: string, done: string, cause: unknown): unknown => {
  if (cause instanceof HoldfastError || (cause as NodeJS.ErrnoException).code === undefined) return cause
  const strange = strangeEntry(dir, name)
  if (strange !== null) return strange
  // Without the path that it was opened by, which means nothing to a person.
  const why = messageOf(cause).split(', ')[0]
  return new HoldfastError(`${join(dir, name)} can't be ${done} (${why})`, {
    hint: '`holdfast list` shows the runs there are.',
    cause,
  })
}

/** For the words of an error only: the first entry on the way that is neither a file nor a folder. */
const strangeEntry = (dir: string, name: string): HoldfastError | null => {
  const { base, parts } = placeOf(dir)
  let path = base
  for (const part of [...parts, ...partsOf(name)]) {
    path = join(path, part)
    const entry = entryAt(path)
    if (entry === undefined || entry.isFile()) return null
    if (entry.isSymbolicLink()) return refused(path, 'is a link')
    if (!entry.isDirectory()) return refused(path, 'is no regular file')
  }
  return null
}

/** True for a link, wherever it leads. */
export const isLink = (path: string): boolean => entryAt(path)?.isSymbolicLink() ?? false

/** Undefined also for what cannot be looked at (a name that is too long, a folder of another user). */
const entryAt = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
