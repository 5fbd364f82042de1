import type { WindowLine } from '../model/window.ts'

/** Samples of a line that were not ok: k6's `http_req_failed` is true for failures, every other rate for successes. */
export const failedIn = (line: WindowLine): number => {
  if (line.kind !== 'rate') return line.ok ? 0 : line.n
  const trueOnes = Math.min(line.n, Math.max(0, line.sum))
  return line.metric === 'http_req_failed' ? trueOnes : line.n - trueOnes
}

/** Samples of a line that were not ok, or took a threshold (which k6's output counts) or longer. */
export const badIn = (line: WindowLine, thresholdUs: number | null): number => {
  const failed = failedIn(line)
  if (failed > 0 || thresholdUs === null) return failed
  return line.over?.find(([counted]) => counted === thresholdUs)?.[1] ?? 0
}
