import { crc32 } from 'node:zlib'

/** A line as it was read: its JSON, and its number where it has a seal. */
export interface SealedLine {
  json: string
  seq: number
}

/**
 * Adds the number of a line and a checksum over all of it, so that a record that lost a line, has one twice, or was
 * changed, is known by itself. Lines count from 1.
 */
export const seal = (json: string, seq: number): string => {
  const text = `${json.slice(0, -1)},"seq":${seq}`
  return `${text},"crc":"${checksum(text)}"}`
}

const pattern = /^(.*),"seq":(\d{1,15}),"crc":"([0-9a-f]{8})"\}$/s

/** Takes the seal off; null for a line without one, `changed` where it does not fit the line. */
export const unseal = (line: string): SealedLine | 'changed' | null => {
  const found = pattern.exec(line)
  if (!found) return null
  const [, start = '', seq = '', crc] = found
  return checksum(`${start},"seq":${seq}`) === crc ? { json: `${start}}`, seq: Number(seq) } : 'changed'
}

/** Follows the lines of a file: the first tells whether it is sealed. Gives what is wrong with the next line, or null. */
export const sealFollower = (): ((sealed: SealedLine | 'changed' | null) => string | null) => {
  let last: number | null = null
  let plain = false
  return (sealed) => {
    if (sealed === 'changed') return 'was changed after it was written (its checksum does not fit)'
    if (sealed === null) {
      plain = true
      return last === null ? null : 'has no number, as the lines before it have'
    }
    if (plain) return 'has a number, unlike the lines before it'
    const expected = (last ?? 0) + 1
    last = sealed.seq
    if (sealed.seq === expected) return null
    return sealed.seq < expected ? `is line ${sealed.seq} again` : `is line ${sealed.seq}: line ${expected} is missing`
  }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')
