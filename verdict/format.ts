import type { Unit } from '../model/slo.ts'

/** What stands where there is no number. */
export const dash = '–'

/** Whole numbers with a comma per thousand: `48,210`. */
export const formatCount = (value: number): string =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Three significant digits at most two decimals, thousands with commas: `61`, `7.24`, `1,000`, `999.1`. */
export const formatNumber = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 1000) return formatCount(value)
  const decimals = size >= 100 ? 1 : 2
  return trimZeros(value.toFixed(size > 0 && size < 0.1 ? 4 : decimals))
}

/** A time in milliseconds: `0.4 ms`, `61 ms`, `3.5 s`, `3 min 41 s`, `4 h`. */
export const formatMs = (ms: number): string => {
  const size = Math.abs(ms)
  if (size < 9.95) return `${trimZeros(ms.toFixed(size < 0.995 ? 2 : 1))} ms`
  if (size < 999.5) return `${Math.round(ms)} ms`
  if (size < 59_950) return `${trimZeros((ms / 1000).toFixed(1))} s`
  const sign = ms < 0 ? '-' : ''
  const seconds = Math.round(size / 1000)
  if (seconds < 3600) return sign + pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return sign + pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

/** A duration on the seconds scale of the fault table: `0.6 s`, `12.4 s`, then as `formatMs`. */
export const formatSeconds = (ms: number): string =>
  Math.abs(ms) < 59_950 ? `${(ms / 1000).toFixed(1)} s` : formatMs(ms)

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`

/** The digits of a share in percent, without the sign: three significant digits of the smaller side of 0 and 1. */
export const percentDigits = (ratio: number): string => {
  const percent = ratio * 100
  const side = Math.min(Math.abs(percent), Math.abs(100 - percent))
  if (side === 0) return String(percent)
  if (side < 0.000_05) return percent < 50 ? '< 0.0001' : '> 99.9999'
  const decimals = Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(side))))
  return trimZeros(percent.toFixed(decimals))
}

/** A share: `0.02 %`, `99.98 %`, `5 %`. */
export const formatRatio = (ratio: number): string => `${percentDigits(ratio)} %`

/** Bytes in decimal units: `96 MB`. */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${formatNumber(Number(value.toPrecision(3)))} ${units[unit]}`
}

/** A value in the unit of its objective. Times are ms or s as the unit says; ratios are shares of 1. */
export const formatUnit = (value: number, unit: Unit): string => {
  if (unit === 'ms') return formatMs(value)
  if (unit === 's') return formatMs(value * 1000)
  if (unit === 'ratio') return formatRatio(value)
  if (unit === 'percent') return `${formatNumber(value)} %`
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'megabytesPerHour') return `${formatNumber(value)} MB/h`
  if (unit === 'perSecond') return `${formatNumber(value)}/s`
  return formatNumber(value)
}

/** `[58, 64]` or `[1.2 s, 1.4 s]`: two latencies; the unit is left out where it is plainly ms. */
export const formatMsInterval = (lowMs: number | null, highMs: number | null): string => {
  const text = (ms: number | null) => (ms === null ? '∞' : formatMs(ms))
  const [low, high] = [text(lowMs), text(highMs)]
  const plain = / ms$/
  return plain.test(low) && plain.test(high)
    ? `[${low.replace(plain, '')}, ${high.replace(plain, '')}]`
    : `[${low}, ${high}]`
}

/** `[0.01, 0.03]`: two shares in percent. */
export const formatRatioInterval = (low: number, high: number): string =>
  `[${percentDigits(low)}, ${percentDigits(high)}]`

/** ①, ②, ... as the fault tables and charts number the faults, from 0. */
export const circled = (index: number): string => (index < 20 ? String.fromCodePoint(0x2460 + index) : `(${index + 1})`)

/** `1 write`, `14 writes`. */
export const plural = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
