import type { GameDay } from '../../../../model/gameday.ts'
import type { Plants, Switched } from '../../planted/plants.ts'
import type { Misbehaviour } from '../../planted/scenarios/lib/random.ts'
import type { Draw } from '../draw.ts'
import type { Truth } from '../plant.ts'
import type { AuditTrouble } from './system.ts'

/** A real run against the planted server. */
export interface LivePlant {
  words: string
  /** What differs from the usual game day (`live/play.ts`). */
  gameDay: Partial<GameDay>
  scenario?: 'random' | 'random-many' | 'random-writes' | 'random-few-users' | 'random-think'
  plants?: Plants
  misbehaviour?: Misbehaviour
  auditTrouble?: AuditTrouble
  /** False: a server that died does not come back. */
  restarts?: boolean
  /** Request names of the SLO on the latency, instead of those that the scenario sends. */
  latencyNames?: string[]
  truth: Truth
  /** The plan itself must be refused. */
  isRefused?: boolean
}

/** What a fault's commands do to the server of one run. */
export interface Calls {
  /** A held fault: troubles while it lasts, and troubles that begin with its removal. */
  fault: (options: CallOptions) => GameDay['faults'][number]
}

export interface CallOptions {
  forS: number
  while?: Switched[]
  after?: Switched[]
  /** Troubles go on after the removal. */
  keep?: boolean
  /** It ends by itself, so long after it was switched on. */
  expiresMs?: number
  /** How long the calls wait before they switch, and after it. */
  injectMs?: [before: number, after: number]
  undoMs?: [before: number, after: number]
}

/** The same run with and without its trouble. */
export interface LiveKind {
  title: string
  draw: (draw: Draw, calls: Calls) => { trouble: LivePlant; healthy: LivePlant }
}
