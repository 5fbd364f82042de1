import { defineScenario } from '../lib/define.ts'
import * as api from '../lib/todo.ts'

/** The documented peak: twice the normal load, and back. */
export default defineScenario({
  description: 'Tasks at the normal rate, at twice of it (documented peak), and back',
  sli: 'POST /tasks',
  requests: api.taskMixRequests,
  samples: api.taskMixSamples,
  longestIterationMs: 4 * api.timeoutMs,
  followMs: api.missedAfterMs,
  extraVus: 20,
  profiles: {
    smoke: { description: 'own normal rate of 5 tasks/s, then 2x (documented)', seconds: 15, arrivals: peakOf(5, 15) },
    short: { description: 'own normal rate of 8 tasks/s, then 2x (documented)', seconds: 60, arrivals: peakOf(8, 60) },
    full: {
      description: 'own normal rate of 50 tasks/s, then 2x (documented)',
      seconds: 900,
      arrivals: peakOf(50, 900),
    },
  },
  run: api.taskMix,
})

/** A fifth of the time the normal rate, three fifths twice of it, a fifth the normal rate again. */
function peakOf(normal: number, seconds: number) {
  return {
    startPerSecond: normal,
    stages: [
      { toPerSecond: normal, seconds: seconds / 5 },
      { toPerSecond: 2 * normal, seconds: 0 },
      { toPerSecond: 2 * normal, seconds: (seconds * 3) / 5 },
      { toPerSecond: normal, seconds: 0 },
      { toPerSecond: normal, seconds: seconds / 5 },
    ],
  }
}
