import type { LiveStatus } from './live.ts'

/** Watches a run; every method is optional, and one that throws does not disturb the run. */
export interface RunListener {
  onStep?: (name: string, text: string) => void
  onPhase?: (phase: string, endsAtMs: number) => void
  onStatus?: (status: LiveStatus) => void
  onFault?: (
    fault: { id: string; label: string },
    state: 'injecting' | 'active' | 'notActive' | 'removed' | 'notRemoved' | 'skipped',
    text: string,
  ) => void
  onWarning?: (message: string) => void
}
