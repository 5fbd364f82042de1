import type { EndReason } from '../model/event.ts'

/** Why and when a run was told to stop; the first reason stays. */
export class StopSwitch {
  #controller = new AbortController()
  reason: EndReason = 'completed'

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  stop(reason: Exclude<EndReason, 'completed'>): void {
    if (this.signal.aborted) return
    this.reason = reason
    this.#controller.abort(new Error(reason))
  }
}
