import { durationMs } from './duration.ts'
import type { Guard } from './gameday.ts'

/** As plans, ledgers and reports name a guard: `errors > 50 % for 15 s`. */
export const guardText = (guard: Guard): string => `${conditionText(guard)} for ${lastingText(durationMs(guard.for))}`

const conditionText = (guard: Guard): string => {
  switch (guard.kind) {
    case 'errorRatio':
      return `errors > ${percent(guard.aboveRatio)} %`
    case 'latency':
      return `p${guard.percentile} > ${lastingText(guard.aboveMs)}`
    case 'achievedRate':
      return `achieved rate < ${percent(guard.belowRatio)} % of offered`
    case 'http':
      return `${guard.url} does not answer ${guard.expect ?? '2xx'}`
    case 'command':
      return `\`${guard.argv.join(' ')}\` fails`
  }
}

/** 0.07 is `7`, not `7.000000000000001`. */
const percent = (ratio: number): string => String(Number((ratio * 100).toPrecision(6)))

const lastingText = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toPrecision(6))} s`)
