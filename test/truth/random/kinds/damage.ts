import type { RecordLine } from '../../../../model/window.ts'
import type { MadeRecord } from '../../../fixtures/record.ts'
import { resilienceObjective } from '../../../fixtures/record.ts'
import type { Draw } from '../draw.ts'
import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { drawScene, enough } from '../scene.ts'

/** Something happened to one line of a record after it was written. */
export const damage: MadeKind = {
  title: 'a record in which a line is missing, doubled or changed',
  draw: (draw) => {
    const scene = drawScene(draw)
    const spec = {
      ...scene.spec,
      audit: { acknowledged: draw.whole(50, 500) },
      objectives: [...scene.spec.objectives, resilienceObjective('lostWrites', 0)],
    }
    const what = draw.pick(Object.keys(damages) as (keyof typeof damages)[])
    const where = draw.number(0, 1)
    return {
      trouble: {
        words: `${what} at ${where.toFixed(3)}; ${scene.words}`,
        spec,
        change: (record) => damages[what](record, where, draw),
        truth: troubled(),
      },
      healthy: {
        words: `whole; ${scene.words}`,
        spec,
        truth: sound(enough(scene) ? { must: 'pass' } : {}),
      },
    }
  },
}

type Damage = (record: MadeRecord, where: number, draw: Draw) => { events: MadeRecord['events']; lines: RecordLine[] }

/** One line of a type, by its place in the record; changed, or replaced by none or several. */
const changeLine =
  <T extends RecordLine['type']>(type: T, change: (line: Extract<RecordLine, { type: T }>) => RecordLine[]): Damage =>
  ({ events, lines }, where) => {
    const all = [...lines()]
    const places = all.flatMap((line, at) => (line.type === type ? [at] : []))
    const at = places[Math.floor(where * places.length)]
    if (at === undefined) throw new Error(`the record has no line of type ${type}`)
    return {
      events,
      lines: all.flatMap((line, i) => (i === at ? change(line as Extract<RecordLine, { type: T }>) : [line])),
    }
  }

/** Another plan beside the same lines. */
const changePlan =
  (change: (plan: MadeRecord['plan'], draw: Draw) => void): Damage =>
  ({ plan, events, lines }, _, draw) => {
    const all = [...lines()]
    change(plan, draw)
    return { events, lines: all }
  }

const damages = {
  'a window is missing': changeLine('window', () => []),
  'a window is doubled': changeLine('window', (line) => [line, line]),
  'a window counts more than its histogram': changeLine('window', (line) => [{ ...line, n: line.n + 1 }]),
  'a window counts more over a threshold than it has': changeLine('window', (line) => [
    { ...line, over: line.over?.map(([threshold]) => [threshold, line.n + 1, 0, 0, -1, -1]) ?? [] },
  ]),
  'a window of another day': changeLine('window', (line) => [{ ...line, s: line.s - 86_400 }]),
  'a load line is missing': changeLine('load', () => []),
  'a load line is doubled': changeLine('load', (line) => [line, line]),
  'a load line has a negative count': changeLine('load', (line) => [{ ...line, started: -1 - line.started }]),
  'an acknowledgement is missing': changeLine('acks', () => []),
  'lines of another version': changeLine('hello', (line) => [{ ...line, schemaVersion: 99 }]),
  'a plan of another version': changePlan((plan) => {
    plan.schemaVersion = 99
  }),
  'a plan with a number that is none': changePlan((plan, draw) => {
    draw.pick<() => unknown>([
      () => (plan.stableForMs = Number.NaN),
      () => (plan.stableForMs = -1000),
      () => (plan.phases.steady.endMs = -1),
      () => (plan.load[0] as (typeof plan.load)[0]).rate.splice(0, 2, [0, Number.NaN], [1000, -5]),
      () => Object.assign(plan.objectives[0] as object, { targetRatio: 1.5 }),
      () => Object.assign(plan.objectives[0] as object, { thresholdUs: -1 }),
    ])()
  }),
  'a fault that was removed before it was injected': ({ events, lines }) => {
    const injected = events.find(({ type }) => type === 'fault.injected')?.atMs ?? 0
    const isRemoval = ({ type }: (typeof events)[0]) => type === 'fault.removed' || type === 'fault.provenRemoved'
    const early = { atMs: injected - 5000, calledAtMs: injected - 5001, repliedAtMs: injected - 5000 }
    return { events: events.map((event) => (isRemoval(event) ? { ...event, ...early } : event)), lines: [...lines()] }
  },
  'the end is missing': changeLine('end', () => []),
  'no window at all': ({ events, lines }) => ({ events, lines: [...lines()].filter((line) => line.type !== 'window') }),
  'the last lines are missing': ({ events, lines }, where) => {
    const all = [...lines()]
    return { events, lines: all.slice(0, Math.floor(all.length * (0.5 + 0.5 * where))) }
  },
  'the last event is missing': ({ events, lines }) => ({ events: events.slice(0, -1), lines: [...lines()] }),
  'the load never ended': ({ events, lines }) => ({
    events: events.filter(({ type }) => type !== 'load.ended'),
    lines: [...lines()],
  }),
} satisfies Record<string, Damage>
