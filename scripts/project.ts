import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { hasBegun, isRecord } from '../run/ledgers.ts'
import { isLink } from '../run/record-folder.ts'

export { hasBegun, isRecord }

/** The folder of this checkout. */
export const projectDir = resolve(fileURLToPath(new URL('..', import.meta.url)))

/** `2026-11-21T07-40-12-batchsender-demo`: sorts by time, and is a safe file name. */
export const newRunId = (gameDay: string, now: Date): string => {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const name = basename(gameDay, '.ts') === gameDay ? gameDay : gameDay.replace(/\.ts$/, '')
  return `${time}-${name
    .split('/')
    .slice(-2)
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')}`
}

/** Runs in a folder of records, oldest first. */
export const runIds = (outDir: string, counts = isRecord): string[] =>
  namesIn(outDir)
    .filter((name) => counts(join(outDir, name)))
    .sort()

const namesIn = (outDir: string): string[] => {
  if (!existsSync(outDir)) return []
  try {
    return readdirSync(outDir)
  } catch (cause) {
    throw new HoldfastError(`no records can be read in ${outDir} (${messageOf(cause)})`, { cause })
  }
}

/**
 * The folder of a run given by its id or path; `latest` is the newest one.
 * @throws HoldfastError when there is no such record.
 */
export const recordDirOf = (run: string, outDir: string, counts = isRecord): string => {
  const ids = runIds(outDir, counts)
  const id = run === 'latest' ? ids.at(-1) : ids.find((known) => known === run)
  if (id !== undefined) return resolve(outDir, id)
  if (counts(run)) return resolve(run)
  refuseLink(run)
  throw new HoldfastError(`no run "${run}" in ${outDir}`, {
    hint: '`holdfast list` shows the runs there are; `latest` is the newest.',
  })
}

const refuseLink = (path: string): void => {
  if (!isLink(path)) return
  throw new HoldfastError(`${path} is a link, and a record has to be a folder`, {
    hint: 'Name the folder it leads to.',
  })
}
