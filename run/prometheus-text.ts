/**
 * Prometheus' text format: sums each family over its labels. Histograms and summaries keep their
 * `_sum` and `_count` only. NaN and infinities are left out: they are no data.
 * Source: the exposition format 0.0.4.
 */
export const parsePrometheusText = (text: string): Record<string, number> => {
  const values: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)/.exec(line)
    if (!match) continue
    const [, name = '', labels = '', number = ''] = match
    if (name.endsWith('_bucket') || labels.includes('quantile=')) continue
    const value = Number(number)
    if (Number.isFinite(value)) values[name] = (values[name] ?? 0) + value
  }
  return values
}
