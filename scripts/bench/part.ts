/** One row of the benchmark's table; `limit` is what the project promises, where it promises something. */
export interface Figure {
  name: string
  value: number
  unit: string
  limit?: { op: '<=' | '>='; value: number }
  /** The single measurements that the value comes from. */
  from?: string
}

export interface BenchContext {
  projectDir: string
  /** An empty folder of this benchmark; removed at its end. */
  workDir: string
  /** Says on stderr what is going on. */
  say: (text: string) => void
}

/** One part of the benchmark, as `--only` names it. */
export interface BenchPart {
  summary: string
  measure: (context: BenchContext) => Promise<Figure[]>
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1]
  const high = sorted[Math.floor(middle)]
  if (low === undefined || high === undefined) throw new Error('the median of nothing')
  return (low + high) / 2
}

/** True when the figure keeps its promise, or has none. */
export const keeps = ({ value, limit }: Figure): boolean =>
  limit === undefined || (limit.op === '<=' ? value <= limit.value : value >= limit.value)
