import type { MadeKind } from '../plant.ts'
import { damage } from './damage.ts'
import { cutShort, unconfirmed, writes } from './endings.ts'
import { leak } from './growth.ts'
import { diluted, oneEndpoint, steadyBreach } from './lasting.ts'
import { neverSent, samplesMissing, tooFewUsers } from './load.ts'
import { atTheLimit, dependence, percentile, stalls } from './noise.ts'
import { censored, flapping, lowRate, neverBack, partial, relapse, slowCalls } from './outages.ts'
import { prometheus } from './prometheus.ts'
import { seriesGaps } from './series.ts'

/** Every kind of trouble that is planted into made records. A new one is a line here. */
export const madeKinds = {
  'never-back': neverBack,
  relapse,
  censored,
  'low-rate': lowRate,
  partial,
  flapping,
  'slow-calls': slowCalls,
  diluted,
  'one-endpoint': oneEndpoint,
  'steady-breach': steadyBreach,
  stalls,
  dependence,
  'at-the-limit': atTheLimit,
  percentile,
  'samples-missing': samplesMissing,
  'never-sent': neverSent,
  'too-few-users': tooFewUsers,
  'cut-short': cutShort,
  unconfirmed,
  writes,
  damage,
  series: seriesGaps,
  prometheus,
  leak,
} as const satisfies Record<string, MadeKind>

export type MadeKindName = keyof typeof madeKinds
