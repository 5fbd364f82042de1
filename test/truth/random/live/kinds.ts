import { noLostWrites, recoveryWithin } from '../../../../model/objectives.ts'
import type { Verdict } from '../../../../model/verdict.ts'
import type { Switched } from '../../planted/plants.ts'
import type { Misbehaviour } from '../../planted/scenarios/lib/random.ts'
import { sound, troubled } from '../plant.ts'
import { round } from '../scene.ts'
import type { LiveKind, LivePlant } from './plant.ts'

const passes = sound({ must: 'pass' })
const errorsFor = (forMs: number | null, fromMs = 0): Switched => ({ how: 'errors', fromMs, forMs })

/** The message of what was planted stands among the errors, or in the sentences. */
const namesTrouble = ({ topErrors, invalidReasons, sentence, detail }: Verdict): string[] =>
  [...topErrors.map(({ error }) => error), ...invalidReasons, sentence, detail].some((text) => text.includes('planted'))
    ? []
    : ['nothing names what was planted']

const loadOnly: LivePlant['gameDay'] = { faults: [], steady: '12s' }

const misbehaving = (title: string, hows: readonly Misbehaviour['how'][]): LiveKind => ({
  title,
  draw: (draw) => {
    const misbehaviour = { how: draw.pick(hows), every: draw.whole(1, 6), fromN: draw.pick([0, 150]) }
    const words = `${misbehaviour.how} in one of ${misbehaviour.every} iterations from ${misbehaviour.fromN} on`
    const gameDay = loadOnly
    return {
      trouble: { words, gameDay, misbehaviour, truth: troubled({ wrongFigures: namesTrouble }) },
      healthy: { words: 'no exception', gameDay, truth: passes },
    }
  },
})

const exceptions = misbehaving('iterations that throw', [
  'throw-before',
  'throw-after',
  'reject',
  'fail',
  'throw-in-check',
])

const failingChecks = misbehaving('checks of k6 that fail', ['failing-check'])

/** The scenario ends the test itself. */
const abort: LiveKind = {
  title: 'a scenario that aborts the test',
  draw: (draw) => {
    const fromN = draw.whole(100, 400)
    const gameDay = loadOnly
    return {
      trouble: {
        words: `exec.test.abort in iteration ${fromN}`,
        gameDay,
        misbehaviour: { how: 'abort', every: 1, fromN },
        truth: { never: ['pass', 'fail'], wrongFigures: namesTrouble },
      },
      healthy: { words: 'no abort', gameDay, truth: passes },
    }
  },
}

/** More users are needed than the scenario's own words ask for, by answers that are fast or by thinking. */
const tooFewUsers: LiveKind = {
  title: 'too few virtual users',
  draw: (draw) => {
    const ms = draw.number(60, 200)
    const seconds = draw.number(1, 2)
    const isThinking = draw.chance(0.5)
    const gameDay = loadOnly
    const trouble: LivePlant = isThinking
      ? {
          words: `thinks for ${round(seconds)} s`,
          gameDay,
          scenario: 'random-think',
          misbehaviour: { how: 'think', every: 1, fromN: 0, seconds },
          truth: { never: ['pass', 'fail'] },
        }
      : {
          words: `answers in ${round(ms)} ms, iterations are said to take 20 ms`,
          gameDay,
          scenario: 'random-few-users',
          plants: { '/random': { latency: { kind: 'fixed', ms } } },
          truth: { never: ['pass', 'fail'] },
        }
    return { trouble, healthy: { words: 'users enough', gameDay, truth: passes } }
  },
}

/** The fault's undo does not undo. */
const neverBack: LiveKind = {
  title: 'a server that never comes back',
  draw: (draw, { fault }) => {
    const share = draw.pick([1, draw.number(0.2, 0.9)])
    const how = draw.pick(['errors', 'hang', 'slow'] as const)
    const trouble: Switched = { how, fromMs: 0, forMs: null, share, slowMs: 900 }
    const objectives = draw.pick([[], [recoveryWithin(4)]])
    const faultOf = (keep: boolean) => [fault({ forS: 3, while: [trouble], keep })]
    const words = `${how} of ${round(100 * share)} %${objectives.length === 0 ? ', no recovery objective' : ''}`
    return {
      trouble: { words: `${words} for ever`, gameDay: { faults: faultOf(true), objectives }, truth: troubled() },
      healthy: {
        words: `${words} until the removal`,
        gameDay: { faults: faultOf(false), objectives: [recoveryWithin(8)] },
        truth: sound(),
      },
    }
  },
}

/** A process that is killed, and ends at once whenever it is started again. */
const neverRestarts: LiveKind = {
  title: 'a process that never returns',
  draw: (draw) => {
    const gameDay = {
      faults: [{ kind: 'kill', target: 'server', at: `${round(draw.number(0, 2))}s` } as never],
      objectives: draw.pick([[], [recoveryWithin(8)]]),
      blastRadius: { server: 1 },
    }
    return {
      trouble: { words: 'killed, never back', gameDay, restarts: false, truth: troubled() },
      healthy: { words: 'killed and started again', gameDay, truth: sound() },
    }
  },
}

/** An outage goes on after the removal for longer than allowed. */
const afterwards: LiveKind = {
  title: 'an outage that outlasts the fault',
  draw: (draw, { fault }) => {
    const outageMs = 1000 * draw.number(2.5, 4.5)
    const share = draw.pick([1, draw.number(0.3, 0.9)])
    const isFlapping = draw.chance(0.3)
    const after: Switched[] = isFlapping
      ? [0, 0.4, 0.8].map((part) => ({ ...errorsFor(0.2 * outageMs, part * outageMs), share: 1 }))
      : [{ ...errorsFor(outageMs), share }]
    const gameDay = (troubles: Switched[]) => ({
      faults: [fault({ forS: 2, after: troubles })],
      objectives: [recoveryWithin(round((outageMs / 1000) * draw.number(0.2, 0.5)))],
    })
    const words = isFlapping ? 'three outages' : `${round(100 * share)} %`
    return {
      trouble: {
        words: `${words} within ${round(outageMs / 1000)} s after the removal`,
        gameDay: gameDay(after),
        truth: troubled(),
      },
      healthy: { words: 'nothing after the removal', gameDay: gameDay([]), truth: passes },
    }
  },
}

/** One of ten endpoints is down after the fault, for good. */
const oneEndpoint: LiveKind = {
  title: 'one endpoint of ten down for good',
  draw: (draw, { fault }) => {
    const path = `/random-${draw.whole(0, 9)}`
    const down: Switched = { ...errorsFor(null), path }
    const gameDay = (keep: boolean) => ({
      load: [{ scenario: 'random-many', rateFactor: 2 }],
      faults: [fault({ forS: 2, while: [down], keep })],
      objectives: draw.pick([[], [recoveryWithin(6)]]),
    })
    return {
      trouble: { words: `${path} for ever`, scenario: 'random-many', gameDay: gameDay(true), truth: troubled() },
      healthy: { words: `${path} until the removal`, scenario: 'random-many', gameDay: gameDay(false), truth: sound() },
    }
  },
}

/** The server stalls by itself all the time; the fault does nothing. */
const stalls: LiveKind = {
  title: 'periodic stalls beside a fault that does nothing',
  draw: (draw, { fault }) => {
    const everyMs = draw.number(6000, 8000)
    // Those that wait for 500 ms and longer are up to 3 % of all.
    const ms = 500 + everyMs * draw.number(0.01, 0.03)
    const plants = { '/random': { latency: { kind: 'fixed', ms: 5 } as const, stalls: { everyMs, ms } } }
    const gameDay = (outageMs: number) => ({
      load: [{ scenario: 'random', rateFactor: 2 }],
      steady: '20s' as const,
      recovery: { for: '20s', stableFor: '3s' } as const,
      faults: [fault({ forS: 2, after: outageMs === 0 ? [] : [errorsFor(outageMs)] })],
      objectives: [recoveryWithin(2)],
    })
    const words = `stalls of ${round(ms)} ms every ${round(everyMs / 1000)} s`
    return {
      trouble: { words: `${words}, and an outage of 4 s`, plants, gameDay: gameDay(4000), truth: troubled() },
      healthy: { words, plants, gameDay: gameDay(0), truth: sound() },
    }
  },
}

/** A command's fault that ends by itself before its removal. */
const endsEarly: LiveKind = {
  title: 'a command fault that ends early',
  draw: (draw, { fault }) => {
    const forS = draw.number(4, 6)
    const expiresMs = 1000 * forS * draw.number(0.3, 0.6)
    const slow: Switched = { how: 'slow', fromMs: 0, forMs: null, slowMs: 60 }
    const gameDay = (more: { expiresMs?: number }) => ({
      faults: [fault({ forS: round(forS), while: [slow], ...more })],
      objectives: [recoveryWithin(4)],
    })
    return {
      trouble: {
        words: `over after ${round(expiresMs / 1000)} of ${round(forS)} s`,
        gameDay: gameDay({ expiresMs }),
        truth: { never: ['pass', 'fail'] },
      },
      healthy: { words: `held for ${round(forS)} s`, gameDay: gameDay({}), truth: passes },
    }
  },
}

/** Calls that take seconds: the outage begins with the first and ends with the last of them. */
const slowCalls: LiveKind = {
  title: 'slow calls at the edges of the fault',
  draw: (draw, { fault }) => {
    const callMs = 1000 * draw.number(2, 4)
    const forMs = 3000
    // The removal begins when it is planned, or when the call that injects has ended, whichever is later.
    const rtoS = (Math.max(forMs, callMs) + callMs) / 1000
    const gameDay = (value: number) => ({
      faults: [fault({ forS: forMs / 1000, while: [errorsFor(null)], injectMs: [0, callMs], undoMs: [callMs, 0] })],
      recovery: { for: '14s', stableFor: '3s' } as const,
      objectives: [{ name: 'rto', title: 'RTO', measure: 'rto', op: 'lt', value, unit: 's' } as const],
    })
    const words = `calls of ${round(callMs / 1000)} s`
    return {
      // The outage lasts from the beginning of the one call to the end of the other.
      trouble: { words: `${words}, RTO a second too short`, gameDay: gameDay(round(rtoS - 1)), truth: troubled() },
      healthy: {
        words: `${words}, RTO long enough`,
        gameDay: gameDay(round(rtoS + callMs / 1000 + 4)),
        truth: sound(),
      },
    }
  },
}

/** Acknowledged and not stored, during the fault or before it; and reads that do not find, or do not look. */
const writes: LiveKind = {
  title: 'lost writes, late ones, and reads that say too little',
  draw: (draw, { fault }) => {
    const forget = (fromMs: number): Switched => ({ how: 'forget', fromMs, forMs: 1500, share: draw.number(0.1, 1) })
    const faults = [fault({ forS: 3 })]
    const base = { load: [{ scenario: 'random-writes' }], faults, objectives: [noLostWrites()] }
    const plant = (words: string, more: Partial<LivePlant>): LivePlant => ({
      words,
      scenario: 'random-writes',
      gameDay: base,
      truth: troubled(),
      ...more,
    })
    const latency = { kind: 'fixed', ms: 5 } as const
    const visible = (visibleAfterMs: number) => ({ plants: { '/random': { latency, visibleAfterMs } } })
    return {
      trouble: draw.pick([
        plant('lost during the fault', { gameDay: { ...base, faults: [fault({ forS: 3, while: [forget(500)] })] } }),
        plant('lost after the fault', { gameDay: { ...base, faults: [fault({ forS: 3, after: [forget(3000)] })] } }),
        plant('a read of the first only', { auditTrouble: { how: 'first-only', most: draw.whole(1, 100) } }),
      ]),
      healthy: draw.pick([
        plant('all there', { truth: passes }),
        plant('late by some seconds', { ...visible(1000 * draw.number(2, 6)), truth: passes }),
        plant('a page limit', { auditTrouble: { how: 'page-limit', most: draw.whole(20, 100) }, truth: sound() }),
      ]),
    }
  },
}

/** A guard stops the run. */
const guarded: LiveKind = {
  title: 'a run that a guard stops',
  draw: (draw, { fault }) => {
    const guards = [{ kind: 'errorRatio', aboveRatio: draw.number(0.2, 0.5), for: '1s' } as const]
    const gameDay = (troubles: Switched[]) => ({
      faults: [fault({ forS: 4, while: troubles })],
      guards,
      objectives: [],
    })
    return {
      trouble: { words: 'errors under the fault, and a guard', gameDay: gameDay([errorsFor(null)]), truth: troubled() },
      healthy: { words: 'no errors, and a guard', gameDay: gameDay([]), truth: passes },
    }
  },
}

/** A letter too many, too few or changed in a request name of the SLOs. */
const typo: LiveKind = {
  title: 'a typo in an objective',
  draw: (draw) => {
    const right = 'GET /random'
    const at = draw.whole(1, right.length - 1)
    const wrong = draw.pick([
      right.slice(0, at) + right.slice(at + 1),
      `${right.slice(0, at)}x${right.slice(at)}`,
      `${right.slice(0, at)}x${right.slice(at + 1)}`,
      right.toLowerCase(),
    ])
    const gameDay = loadOnly
    return {
      trouble: { words: `"${wrong}"`, gameDay, latencyNames: [wrong], isRefused: true, truth: troubled() },
      healthy: { words: `"${right}"`, gameDay, truth: passes },
    }
  },
}

/** Every kind of trouble that is planted into real runs. A new one is a line here. */
export const liveKinds = {
  'live-exceptions': exceptions,
  'live-failing-checks': failingChecks,
  'live-abort': abort,
  'live-too-few-users': tooFewUsers,
  'live-never-back': neverBack,
  'live-never-restarts': neverRestarts,
  'live-afterwards': afterwards,
  'live-one-endpoint': oneEndpoint,
  'live-stalls': stalls,
  'live-ends-early': endsEarly,
  'live-slow-calls': slowCalls,
  'live-writes': writes,
  'live-guarded': guarded,
  'live-typo': typo,
} as const satisfies Record<string, LiveKind>

export type LiveKindName = keyof typeof liveKinds
