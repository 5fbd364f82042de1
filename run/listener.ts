import type { LiveStatus } from './live.ts'

/** Watches a run; every method is optional, and one that throws does not disturb the run. */
export interface RunListener {
  onStep?: (name: string, text: string) => void
  onPhase?: (phase: string, endsAtMs: number) => void
  onStatus?: (status: LiveStatus) => void
  onFault?: (
    fault: { id: string; label: string; oneShot: boolean },
    state: 'injecting' | 'active' | 'notActive' | 'removed' | 'notRemoved' | 'skipped',
    text: string,
  ) => void
  onWarning?: (message: string) => void
}

/**
 * The same listener, unable to disturb the run: the first time it throws is told, and it hears no more.
 * @param redact takes secrets out of what it hears: a terminal's lines are kept in CI logs
 */
export const shielded = (
  listener: RunListener,
  redact: (text: string) => string,
  onFailure: (error: unknown) => void,
): RunListener => {
  let broken = false
  const guarded =
    <A extends unknown[]>(method: ((...args: A) => void) | undefined) =>
    (...args: A): void => {
      if (broken) return
      try {
        method?.(...(args.map((each) => (typeof each === 'string' ? redact(each) : each)) as A))
      } catch (error) {
        broken = true
        onFailure(error)
      }
    }
  return {
    onStep: guarded(listener.onStep),
    onPhase: guarded(listener.onPhase),
    onStatus: guarded(listener.onStatus),
    onFault: guarded(listener.onFault),
    onWarning: guarded(listener.onWarning),
  }
}
