import { existsSync } from 'node:fs'
import type { Plan } from '../model/plan.ts'
import type { RecordLine, StreamLine } from '../model/window.ts'
import type { DecisionWatch } from './decision-watch.ts'
import { GuardProbes } from './guard-probes.ts'
import { GuardWatch } from './guards.ts'
import type { RunListener } from './listener.ts'
import { LiveWindow } from './live.ts'
import { marked } from './mark.ts'
import type { Ledger } from './record.ts'
import { SteadyCheck } from './steady-check.ts'
import type { StopSwitch } from './stop.ts'
import { WindowWriter } from './window-writer.ts'

const tickMs = 250

/** Takes the stream apart: into the record, the live line, the guards and the steady-state check. */
export class Pump {
  readonly writer: WindowWriter
  /** Writes that the system has acknowledged so far. */
  acknowledged = 0
  /** Takes secrets out of the errors that the system gave. */
  redact: (text: string) => string = (text) => text
  /** Of a run that ends when its verdict is certain. */
  decision: DecisionWatch | null = null
  #live = new LiveWindow()
  #plan: Plan
  #steady: SteadyCheck | null = null
  #probes: GuardProbes
  #timer: NodeJS.Timeout | null = null

  constructor(recordDir: string, plan: Plan) {
    this.writer = new WindowWriter(recordDir)
    this.#plan = plan
    this.#probes = new GuardProbes(plan.guards, marked(process.env, plan.runId))
  }

  /** Takes a line of k6. The writer goes last: it keeps the line and merges later ones into it. */
  line(line: StreamLine): void {
    this.#live.add(line, Date.now())
    this.#steady?.add(line)
    this.decision?.add(line)
    if (line.type === 'acks') for (const [from, to] of line.ranges) this.acknowledged += to - from + 1
    this.writer.add(line.type === 'error' ? { ...line, error: this.redact(line.error) } : line)
  }

  sample(line: RecordLine): void {
    this.writer.add(line)
  }

  /** @param safetyLever file whose existence ends a run with faults; null where there is none */
  start(
    startedAtMs: number,
    listener: RunListener,
    ledger: Ledger,
    stop: StopSwitch,
    safetyLever: string | null,
  ): void {
    this.#steady = new SteadyCheck(this.#plan, startedAtMs)
    this.#probes.start()
    const guards = new GuardWatch(this.#plan.guards, this.#probes)
    const watched = this.#plan.faults.length > 0 ? safetyLever : null
    const leverPulled = () =>
      watched !== null && existsSync(watched) ? { guard: 'safety lever', evidence: `${watched} exists` } : null
    this.#timer = setInterval(() => {
      const nowMs = Date.now()
      this.writer.flush(nowMs)
      listener.onStatus?.(this.#live.status(nowMs))
      const tripped = stop.signal.aborted ? null : (leverPulled() ?? guards.tripped(this.#live, nowMs))
      const decided = tripped || stop.signal.aborted ? null : (this.decision?.decided(nowMs) ?? null)
      if (decided !== null) {
        ledger.append({ type: 'run.decided', result: decided.result, evidence: decided.text })
        listener.onWarning?.(`verdict is certain, run stopped: ${decided.text}`)
        stop.stop('decided')
      }
      if (!tripped) return
      ledger.append({ type: 'guard.tripped', ...tripped })
      listener.onWarning?.(`guard tripped: ${tripped.guard} (${tripped.evidence}); removing every fault`)
      stop.stop('guard')
    }, tickMs)
  }

  reasonNotToStartFaults(): string | null {
    return this.#steady?.reasonNotToStart() ?? null
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#probes.stop()
    this.writer.close()
  }
}
