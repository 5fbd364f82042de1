import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../../model/event.ts'
import { baseFiles, type Files, ids } from './base.ts'
import { makeHostile } from './make.ts'
import type { Scene } from './scene.ts'

type Trick = (scene: Scene) => void
type Json = Record<string, unknown>

/** The base record with other files: a text replaces, null takes away, a function changes what is there. */
const record = (
  { dir, outside, makers }: Scene,
  changes: Record<string, string | null | ((text: string) => string)> = {},
): void => {
  const files: Files = baseFiles()
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) delete files[name]
    else files[name] = typeof change === 'string' ? change : change(files[name] ?? '')
  }
  makeHostile(dir, outside, files, [], makers)
}
const plan = (change: (plan: Json & { phases: { recovery: Json }; load: Json[]; objectives: Json[] }) => void) => ({
  'plan.json': (text: string) => {
    const value = JSON.parse(text)
    change(value)
    return JSON.stringify(value)
  },
})
const lines = (values: Iterable<unknown>): string => [...values].map((value) => `${JSON.stringify(value)}\n`).join('')
const ledger = (...events: (Omit<RunEvent, 'atMs'> | Json)[]) => ({
  'events.ndjson': lines(
    [{ type: 'run.started', schemaVersion: 1, runId: 'made', pid: 2 ** 22 + 9, startTicks: 1 }, ...events].map(
      (event) => ({ atMs: 1.79e12, ...event }),
    ),
  ),
})
const linked =
  (name: string, to: (scene: Scene) => string): Trick =>
  (scene) => {
    record(scene, { [name]: null })
    symlinkSync(to(scene), join(scene.dir, name))
  }
const notes = ({ outside }: Scene) => join(outside, 'notes.txt')
const many = (count: number, line: (at: number) => unknown) => (text: string) =>
  `${text}${lines(Array.from({ length: count }, (_, at) => line(at)))}`
const windowLine = (at: number) => ({
  ...{
    type: 'window',
    s: 1_790_000_002,
    metric: 'holdfast_request',
    kind: 'time',
    scenario: `s${at}`,
    name: `n${at}`,
    status: '2xx',
    ok: true,
  },
  ...{ n: 1, sum: 1, min: 1, max: 1, firstUs: 0, lastUs: 0, hist: [1, 1] },
})

/** Every trick that a reviewer has thought of, by name. */
export const tricks: Record<string, Trick> = {
  'a report to be written is a link': (scene) => {
    record(scene)
    for (const name of [
      'report.md',
      'report.html',
      'junit.xml',
      'verdict.json.new',
      'report.md.new',
      'charts.json.new',
    ])
      symlinkSync(join(scene.outside, 'deploy.sh'), join(scene.dir, name))
  },
  'a report to be written is a link to what is absent': (scene) => {
    record(scene, { 'verdict.json': null })
    for (const name of ['report.md', 'report.md.new', 'report.html.new'])
      symlinkSync('/proc/self/cwd/deploy2.sh', join(scene.dir, name))
  },
  'its steps are a link': linked('steps', ({ outside }) => join(outside, 'projects')),
  'one of its steps is a link': (scene) => {
    record(scene)
    mkdirSync(join(scene.dir, 'steps'))
    symlinkSync(join(scene.outside, 'projects/01'), join(scene.dir, 'steps/01'))
  },
  'the ledger of a step is a link': (scene) => {
    record(scene)
    mkdirSync(join(scene.dir, 'steps/01'), { recursive: true })
    symlinkSync(notes(scene), join(scene.dir, 'steps/01/events.ndjson'))
  },
  'its working folder is a link': linked('work', ({ outside }) => join(outside, 'projects')),
  'its working folder holds links': (scene) => {
    record(scene)
    mkdirSync(join(scene.dir, 'work'))
    symlinkSync(join(scene.outside, 'projects'), join(scene.dir, 'work/data'))
    linkSync(notes(scene), join(scene.dir, 'work/notes'))
  },
  'its ledger is a link': linked('events.ndjson', notes),
  'its ledger is a link to what is absent': linked('events.ndjson', ({ outside }) => join(outside, 'new.ndjson')),
  'its ledger is a hard link': (scene) => {
    record(scene, { 'events.ndjson': null })
    linkSync(notes(scene), join(scene.dir, 'events.ndjson'))
  },
  'its ledger is endless': linked('events.ndjson', () => '/dev/zero'),
  'its reserve is a link': linked('reserve', notes),
  'its plan is a link to that of another record': linked('plan.json', ({ out }) => join(out, ids.good, 'plan.json')),
  'its samples are a link to a process': linked('windows.ndjson', () => '/proc/self/mem'),
  'every file is a pipe': (scene) => {
    mkdirSync(scene.dir)
    for (const name of [...Object.keys(baseFiles()), 'steps', 'work', 'report.md'])
      scene.makers.pipe(join(scene.dir, name))
  },
  'its ledger is a pipe': (scene) => {
    record(scene, { 'events.ndjson': null })
    scene.makers.pipe(join(scene.dir, 'events.ndjson'))
  },
  'its samples are a pipe': (scene) => {
    record(scene, { 'windows.ndjson': null })
    scene.makers.pipe(join(scene.dir, 'windows.ndjson'))
  },
  'every file is a socket': (scene) => {
    mkdirSync(scene.dir)
    for (const name of Object.keys(baseFiles())) scene.makers.socket(join(scene.dir, name))
  },
  'it is a link to another record': ({ dir, out }) => symlinkSync(join(out, ids.good), dir),
  'it is a link to a folder with a working folder': ({ dir, outside }) =>
    symlinkSync(join(outside, 'projects/01'), dir),
  'it is a file': ({ dir }) => writeFileSync(dir, '{}'),
  'it may not be read': (scene) => {
    record(scene)
    chmodSync(scene.dir, 0)
  },
  'the name of a record beside it drives the terminal': (scene) => {
    record(scene)
    const name = join(scene.out, 'x\u001b]0;owned\u0007\u001b[2J\u001b[31m\u202e\n::add-mask::run')
    makeHostile(name, scene.outside, baseFiles(), [], scene.makers)
  },
  'the record beside it has the name of a parent': (scene) => {
    record(scene)
    renameSync(join(scene.out, ids.good), join(scene.out, '...'))
  },
  'its plan is of half a year': (scene) =>
    record(
      scene,
      plan(({ phases }) => Object.assign(phases.recovery, { endMs: 1.6e10 })),
    ),
  'its plan is of a week, in 3 KB': (scene) =>
    record(
      scene,
      plan(({ phases }) => Object.assign(phases.recovery, { endMs: 604_800_000 })),
    ),
  'its plan is of a week, with 190 objectives': (scene) =>
    record(
      scene,
      plan(({ phases, objectives }) => {
        phases.recovery.endMs = 604_800_000
        for (let at = 0; at < 180; at++) objectives.push({ ...objectives[at % 4], id: `o${at}` })
      }),
    ),
  'its plan is of a week, and its load changes a thousand times': (scene) =>
    record(
      scene,
      plan(({ phases, load }) => {
        phases.recovery.endMs = 604_800_000
        for (const one of load) Object.assign(one, { rate: Array.from({ length: 999 }, (_, at) => [at, at]) })
      }),
    ),
  'its plan has a hundred thousand objectives': (scene) =>
    record(
      scene,
      plan((value) => Object.assign(value, { objectives: Array.from({ length: 100_000 }, () => ({})) })),
    ),
  'its plan is two million brackets': (scene) =>
    record(scene, { 'plan.json': '['.repeat(1 << 20) + ']'.repeat(1 << 20) }),
  'its verdict is four megabytes of brackets': (scene) =>
    record(scene, { 'verdict.json': `[${'[],'.repeat(1_300_000)}[]]` }),
  'its charts have two hundred thousand cells': (scene) =>
    record(scene, {
      'charts.json': (text) =>
        JSON.stringify({
          ...JSON.parse(text),
          heatmap: Array.from({ length: 190_000 }, (_, t) => ({ t, tEnd: t, lowMs: 1, highMs: 2, n: 1 })),
        }),
    }),
  'its charts have forty thousand cells': (scene) =>
    record(scene, {
      'charts.json': (text) =>
        JSON.stringify({
          ...JSON.parse(text),
          heatmap: Array.from({ length: 40_000 }, (_, t) => ({ t, tEnd: t + 1, lowMs: 1, highMs: 2, n: 1 })),
        }),
    }),
  'its verdict has thousands of objectives and faults': (scene) =>
    record(scene, {
      'verdict.json': (text) => {
        const verdict = JSON.parse(text)
        const times = (list: unknown[], count: number) =>
          Array.from({ length: count }, (_, at) => list[at % list.length])
        return JSON.stringify({
          ...verdict,
          objectives: times(verdict.objectives, 2_000),
          faults: times(verdict.faults, 900),
        })
      },
    }),
  'its plan has two hundred objectives and faults': (scene) =>
    record(
      scene,
      plan((value) => {
        const { objectives, faults, phases } = value as typeof value & { faults: Json[] }
        phases.recovery.endMs = 604_800_000
        for (let at = 0; at < 190; at++) objectives.push({ ...objectives[at % 2], id: `o${at}` })
        for (let at = 0; at < 190; at++) faults.push({ ...faults[at % 2], id: `g${at}` })
      }),
    ),
  'its ledger has five thousand processes, and others end': (scene) =>
    record(scene, {
      'events.ndjson': (text) => {
        const process = (type: string, pid: number) => ({
          atMs: 1.79e12,
          type,
          instance: 'x',
          pid,
          startTicks: 1,
          code: 0,
          signal: null,
          expected: true,
        })
        const started = Array.from({ length: 4_990 }, (_, at) => process('process.started', at + 5_000_000))
        return text + lines(started) + lines(Array.from({ length: 220_000 }, () => process('process.exited', 1)))
      },
    }),
  'its ledger has two hundred thousand processes': (scene) =>
    record(scene, {
      'events.ndjson': (text) => {
        const process = (type: string) =>
          Array.from({ length: 120_000 }, (_, at) => ({
            atMs: 1.79e12,
            type,
            instance: 'x',
            pid: at + 5_000_000,
            startTicks: 1,
            code: 0,
            signal: null,
            expected: true,
          }))
        return text + lines(process('process.started')) + lines(process('process.exited'))
      },
    }),
  'its ledger has a hundred thousand faults': (scene) =>
    record(scene, {
      'events.ndjson': (text) =>
        text +
        lines(
          Array.from({ length: 100_000 }, (_, at) => ({
            atMs: 1.79e12,
            type: 'fault.injecting',
            fault: `x${at}`,
            injections: [{ driver: 'none' }],
            pids: [],
          })),
        ) +
        lines(
          Array.from({ length: 100_000 }, (_, at) => ({
            atMs: 1.79e12,
            type: 'fault.provenRemoved',
            fault: `x${at}`,
            evidence: '',
          })),
        ),
    }),
  'its verdict has a hundred thousand empty objectives': (scene) =>
    record(scene, {
      'verdict.json': (text) =>
        JSON.stringify({ ...JSON.parse(text), objectives: Array.from({ length: 100_000 }, () => ({})) }),
    }),
  'its plan is a terabyte': (scene) => {
    record(scene)
    truncateSync(join(scene.dir, 'plan.json'), 2 ** 40)
  },
  'its ledger is a terabyte': (scene) => {
    record(scene)
    truncateSync(join(scene.dir, 'events.ndjson'), 2 ** 40)
  },
  'its samples are one line of a gigabyte': (scene) => {
    record(scene)
    const file = openSync(join(scene.dir, 'windows.ndjson'), 'w')
    writeSync(file, '{"type":"')
    truncateSync(join(scene.dir, 'windows.ndjson'), 2 ** 30)
    closeSync(file)
  },
  'its ledger is eight million brackets': (scene) =>
    record(scene, { 'events.ndjson': (text) => `${text}{"a":[${'[],'.repeat(2_500_000)}[]]}\n` }),
  'its ledger is of a hundred thousand events': (scene) =>
    record(scene, { 'events.ndjson': many(100_000, (at) => ({ atMs: 1.79e12, type: 'warning', message: `w${at}` })) }),
  'its samples are of ten thousand scenarios': (scene) => record(scene, { 'windows.ndjson': many(10_000, windowLine) }),
  'its load is of ten thousand scenarios': (scene) =>
    record(scene, {
      'windows.ndjson': many(10_000, (at) => ({
        type: 'load',
        s: 1_790_000_002,
        scenario: `s${at}`,
        sli: 'x',
        started: 1,
        completed: 1,
        dropped: 0,
      })),
    }),
  'a histogram has a bucket beyond all': (scene) =>
    record(scene, {
      'windows.ndjson': many(3, () => ({ ...windowLine(0), scenario: 'flood', name: 'GET /', hist: [2 ** 31, 1] })),
    }),
  'a component has ten thousand series': (scene) =>
    record(scene, {
      'windows.ndjson': many(10, () => ({
        type: 'sample',
        atMs: 1.79e12,
        component: 'a',
        values: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`v${at}`, at])),
      })),
    }),
  'ten thousand components are sampled': (scene) =>
    record(scene, {
      'windows.ndjson': many(10_000, (at) => ({
        type: 'sample',
        atMs: 1.79e12,
        component: `c${at}`,
        values: { queue: 1, process_cpu_seconds: at },
      })),
    }),
  'a trillion writes are lost': (scene) =>
    record(
      scene,
      ledger(
        { type: 'load.started' },
        {
          type: 'audit.done',
          checked: 1e12,
          acknowledged: 1e12,
          lostCount: 1e12,
          lost: [],
          lostRanges: [{ scenario: 's', ranges: [[0, 1e12]] }],
          duplicates: 0,
        },
        { type: 'run.ended', reason: 'completed' },
      ),
    ),
  'trillions of writes are acknowledged': (scene) =>
    record(scene, {
      'windows.ndjson': many(50, (at) => ({
        type: 'acks',
        scenario: 's',
        fromUs: 1,
        toUs: 2,
        ranges: [[at * 1e8, at * 1e8 + 99_999_999]],
      })),
    }),
  'a line begins with a command of a CI service': (scene) =>
    record(
      scene,
      ledger(
        { type: 'load.started' },
        { type: 'error', message: `${'b'.repeat(84)} ::stop-commands::x ${'c'.repeat(84)} ::add-mask::e` },
        { type: 'run.ended', reason: 'completed' },
      ),
    ),
  'its baseline is outside of its folder': (scene) => {
    record(
      scene,
      plan((value) =>
        Object.assign(value, {
          baseline: {
            runs: [
              '../outside/pipes',
              '/dev',
              '/proc/self',
              '\u0000',
              'x'.repeat(5_000),
              '/proc/self/root/proc/self/fd',
            ],
            gates: true,
          },
        }),
      ),
    )
    mkdirSync(join(scene.outside, 'pipes'))
    for (const name of ['plan.json', 'events.ndjson', 'windows.ndjson'])
      scene.makers.pipe(join(scene.outside, 'pipes', name))
  },
  'it has five thousand steps': (scene) => {
    record(scene)
    for (let at = 0; at < 5_000; at++)
      mkdirSync(join(scene.dir, 'steps', String(at).padStart(2, '0')), { recursive: true })
  },
  'its steps have names of other folders': (scene) => {
    record(scene)
    mkdirSync(join(scene.dir, 'steps'))
    for (const name of ['..a', 'notes', '0x1', '1e3', '\u001b[31m']) mkdirSync(join(scene.dir, 'steps', name))
  },
  'it names itself as a process of this machine': (scene) =>
    record(
      scene,
      ledger(
        { type: 'process.started', instance: 'x', pid: process.pid, startTicks: 1 },
        { type: 'process.started', instance: 'y', pid: -1, startTicks: 1 },
      ),
    ),
}
