/** How Chaos Mesh, a Go program, reads the texts of its specs. */

const unitMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/** Milliseconds of a Go duration (`1h30m`, `-1.5s`, `250ms`; there are no days); null when it is none. */
export const goDurationMs = (text: string): number | null => {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text)
  if (!match) return null
  const [, sign, parts = ''] = match
  let ms = 0
  for (const [, number, unit = ''] of parts.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g))
    ms += Number(number) * (unitMs[unit] ?? 0)
  return sign === '-' ? -ms : ms
}

/** A whole number as `strconv.Atoi` reads it; null when it is none ("50%", "1.5", ""). */
export const goInteger = (text: string): number | null => (/^[+-]?\d+$/.test(text) ? Number(text) : null)

/** A number as `strconv.ParseFloat` reads it, without its hexadecimal forms; null when it is none ("5%"). */
export const goFloat = (text: string): number | null =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null

/** A rate: a whole number and `bit`, `kbit`, ... or `bps`, `kbps`, ... (bytes). */
export const isRate = (text: string): boolean => /^\+?\d+\s*([kmgt]?bit|[kmgt]?bps)$/i.test(text.trim())

/** An amount of memory: `256MB`, `1.5GiB`, `1024`, or a share of what there is: `50%`. */
export const isSize = (text: string): boolean => {
  const percent = /^([+-]?\d+)%$/.exec(text)?.[1]
  if (percent !== undefined) return Number(percent) >= 0 && Number(percent) <= 100
  return /^\d+(\.\d+)? ?([kmgtpezy]i?)?b?$/i.test(text)
}
