/** Numbers and times that the verdict carries without words. Missing ones are `–`, never 0. */
const missing = '–'

// Kept: making a formatter costs a thousand times what using one does, and tables have thousands of cells.
const wholeFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const digitsFormat = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** `48,210` */
export const countText = (n: number | null): string => (n === null ? missing : wholeFormat.format(n))

/** Three significant digits at most, thousands separated: `61.3`, `4,120`, `0.52`. */
export const numberText = (value: number | null): string =>
  value === null ? missing : Math.abs(value) >= 100 ? countText(value) : digitsFormat.format(value)

/** `0.31 %` of a ratio. */
export const percentText = (ratio: number | null): string => (ratio === null ? missing : `${numberText(ratio * 100)} %`)

/** A length of time in ms: `640 ms`, `12.4 s`, `3 min 41 s`, `4 h 0 min`. */
export const durationText = (ms: number | null): string => {
  if (ms === null) return missing
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0
    ? `${hours} h ${minutes} min`
    : seconds % 60 === 0
      ? `${minutes} min`
      : `${minutes} min ${seconds % 60} s`
}

/** A moment of the run, from seconds since its start: `2:10`, `1:02:10`. */
export const clockText = (seconds: number): string => {
  const whole = Math.round(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const tail = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})

/** `21 Nov 2026, 07:40 UTC` */
export const dateText = (atMs: number): string => `${dateFormat.format(atMs)} UTC`

/** The first and last digits of a hash, enough to compare by eye. */
export const hashText = (sha256: string): string =>
  sha256.length <= 16 ? sha256 : `${sha256.slice(0, 8)}…${sha256.slice(-4)}`
