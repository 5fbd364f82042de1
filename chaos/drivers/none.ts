import type { Injection } from '../../model/fault.ts'
import type { Driver } from './driver.ts'

/** The no-op fault: goes the whole way and does nothing. What it measures is the harness itself. */
export const noneDriver: Driver<Extract<Injection, { driver: 'none' }>> = () => {
  const seen = { ok: true, text: 'nothing to see: the no-op fault' }
  return {
    inject: async () => {},
    confirmActive: async () => seen,
    undo: async () => {},
    confirmRemoved: async () => seen,
    touches: () => [],
    checkBy: [],
  }
}
