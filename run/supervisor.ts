import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../chaos/drivers/command.ts'
import {
  isSameProcess,
  processesWithEnvironment,
  processStat,
  processTree,
  signalProcess,
} from '../chaos/drivers/proc.ts'
import { readyEvidence } from '../chaos/drivers/ready.ts'
import { lookUntil } from '../chaos/drivers/wait.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { ProcessRef } from '../model/event.ts'
import type { ProcessSpec } from '../model/system.ts'
import { endProcesses } from './end-processes.ts'
import { runEnvironmentName, runMark } from './mark.ts'
import type { Ledger } from './record.ts'
import { openToAppend } from './record-files.ts'
import { recordFiles } from './record-names.ts'
import { startInOrder } from './start-order.ts'

const readyDeadlineMs = 30_000

interface Instance {
  spec: ProcessSpec
  ref: ProcessRef | null
  held: boolean
  restart: NodeJS.Timeout | null
  /** Resolves when the process that plays it now has ended and the ledger knows. */
  exited: Promise<void>
}

/**
 * Starts the processes of a system and starts a crashed one again after its delay, as a kubelet
 * would. Every process leads a session of its own, so that Ctrl-C in a terminal reaches Holdfast
 * alone and the undo has its order.
 */
export class Supervisor {
  #instances = new Map<string, Instance>()
  #recordDir: string
  #mark: string
  #ledger: Ledger
  #ending = new AbortController()
  #starting: Promise<void>[] = []
  /** Called when a process ends that nobody will start again and nobody has asked to end. */
  onUnexpectedEnd: (name: string) => void = () => {}

  constructor(runId: string, recordDir: string, ledger: Ledger) {
    this.#mark = runMark(runId, process.pid)
    this.#recordDir = recordDir
    this.#ledger = ledger
  }

  /** Starts all in the order of their `after`, in parallel where that allows, and waits until each is ready. */
  async startAll(specs: ProcessSpec[], signal: AbortSignal): Promise<void> {
    const starting = startInOrder(specs, (spec) => this.#startFirst(spec, signal))
    this.#starting.push(...starting)
    await Promise.all(starting)
  }

  process(name: string): ProcessRef | null {
    const ref = this.#instances.get(name)?.ref ?? null
    return ref !== null && isSameProcess(ref.pid, ref.startTicks) ? ref : null
  }

  spec(name: string): ProcessSpec {
    const instance = this.#instances.get(name)
    if (!instance) throw new HoldfastError(`no process "${name}" was started`)
    return instance.spec
  }

  /** Keeps an instance down after it ends. */
  hold(name: string): void {
    const instance = this.#get(name)
    instance.held = true
    if (instance.restart) clearTimeout(instance.restart)
    instance.restart = null
  }

  /** Lets a held instance start again, at once. */
  release(name: string): void {
    const instance = this.#get(name)
    if (!instance.held) return
    instance.held = false
    if (this.process(name) === null && !this.#stopping) this.#restart(instance)
  }

  /** Ends everything that was started, dependents before what they depend on; returns when nothing is left. */
  async stopAll(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled(this.#starting)
    const left = new Set(this.#instances.values())
    for (const { restart } of left) if (restart) clearTimeout(restart)
    while (left.size > 0) {
      const needed = new Set([...left].flatMap(({ spec }) => spec.after))
      const wave = [...left].filter(({ spec }) => !needed.has(spec.name))
      // A circle of dependencies cannot have started; this only keeps a mistake from looping.
      const ending = wave.length > 0 ? wave : [...left]
      await endProcesses(ending.map(({ ref }) => ref).filter((ref) => ref !== null))
      await Promise.all(ending.map(({ exited }) => exited))
      for (const instance of ending) left.delete(instance)
    }
    // What was started by a process that has ended before: it is in no tree.
    const ref = ({ pid, startTicks }: { pid: number; startTicks: number }) => ({ instance: 'orphan', pid, startTicks })
    await endProcesses(processesWithEnvironment(runEnvironmentName, this.#mark).map(ref))
  }

  get #stopping(): boolean {
    return this.#ending.signal.aborted
  }

  /** Starts a helper that is never restarted (k6 aside, this is how stress starts). */
  startHelper(name: string, argv: string[]): ProcessRef {
    const helperName = `${name}-${this.#instances.size}`
    const spec: ProcessSpec = {
      name: helperName,
      component: 'holdfast',
      command: argv,
      env: {},
      prepare: [],
      readiness: { kind: 'http', url: '' },
      restartDelayMs: null,
      after: [],
    }
    const instance: Instance = { spec, ref: null, held: true, restart: null, exited: Promise.resolve() }
    this.#instances.set(helperName, instance)
    return this.#spawn(instance)
  }

  stopHelper(ref: ProcessRef): void {
    if (!isSameProcess(ref.pid, ref.startTicks)) return
    for (const { pid } of processTree(ref.pid)) signalProcess(pid, 'SIGKILL')
  }

  async #startFirst(spec: ProcessSpec, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, this.#ending.signal])
    signal.throwIfAborted()
    for (const command of spec.prepare) await this.#prepare(spec, command, signal)
    signal.throwIfAborted()
    const instance: Instance = { spec, ref: null, held: false, restart: null, exited: Promise.resolve() }
    this.#instances.set(spec.name, instance)
    this.#spawn(instance)
    const evidence = await lookUntil(
      () => {
        if (instance.ref === null && spec.restartDelayMs === null) throw this.#notReady(spec, 'it ended at once')
        return readyEvidence(spec.readiness, spec.name)
      },
      { deadlineMs: readyDeadlineMs, signal },
    )
    signal.throwIfAborted()
    if (!evidence.ok) throw this.#notReady(spec, evidence.text)
    this.#ledger.append({ type: 'process.ready', instance: spec.name, pid: instance.ref?.pid ?? 0 })
  }

  /** Starts a crashed or released instance again, and notes when it is ready. */
  #restart(instance: Instance): void {
    let pid: number
    try {
      pid = this.#spawn(instance).pid
    } catch (error) {
      // Comes from a timer: nobody above could catch it. A full disk is told by the ledger itself.
      this.#ledger.append({ type: 'error', message: messageOf(error) })
      return
    }
    const look = () => readyEvidence(instance.spec.readiness, instance.spec.name)
    const gone = () => instance.ref?.pid !== pid || this.#stopping
    void lookUntil(async () => (gone() ? { ok: true, text: '' } : await look()), { deadlineMs: readyDeadlineMs }).then(
      ({ ok }) => {
        if (ok && !gone()) this.#ledger.append({ type: 'process.ready', instance: instance.spec.name, pid })
      },
    )
  }

  async #prepare(spec: ProcessSpec, argv: string[], signal: AbortSignal): Promise<void> {
    const { exitCode, text } = await runCommand({ argv, timeoutMs: readyDeadlineMs }, { env: this.#env(spec), signal })
    signal.throwIfAborted()
    if (exitCode === 0) return
    throw new HoldfastError(`${spec.name} could not be prepared: ${argv[0]}: ${text}`, { exitCode: 3 })
  }

  #spawn(instance: Instance): ProcessRef {
    const { spec } = instance
    const [file = '', ...args] = spec.command
    const log = openToAppend(this.#recordDir, logOf(spec))
    const child = spawn(file, args, { env: this.#env(spec), detached: true, stdio: ['ignore', log, log] })
    closeSync(log)
    child.on('error', (error) => this.#ledger.append({ type: 'error', message: `${spec.name}: ${error.message}` }))
    if (child.pid === undefined) throw this.#notReady(spec, `${file} could not be started`)
    const ref = { instance: spec.name, pid: child.pid, startTicks: processStat(child.pid)?.startTicks ?? 0 }
    instance.ref = ref
    instance.exited = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        this.#exited(instance, ref, code, signal)
        resolve()
      })
    })
    this.#ledger.sync({ type: 'process.started', ...ref })
    return ref
  }

  #exited(instance: Instance, ref: ProcessRef, code: number | null, signal: string | null): void {
    const expected = this.#stopping || instance.held
    this.#ledger.append({ type: 'process.exited', instance: ref.instance, pid: ref.pid, code, signal, expected })
    if (instance.ref === ref) instance.ref = null
    const { restartDelayMs } = instance.spec
    if (expected) return
    if (restartDelayMs === null) {
      // A part of the system that stays down is the system's own affair; our proxy server is not.
      if (instance.spec.component === 'toxiproxy') this.onUnexpectedEnd(ref.instance)
      return
    }
    instance.restart = setTimeout(() => {
      instance.restart = null
      if (!this.#stopping && !instance.held) this.#restart(instance)
    }, restartDelayMs)
  }

  #env(spec: ProcessSpec): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      ...spec.env,
      [runEnvironmentName]: this.#mark,
    }
  }

  #get(name: string): Instance {
    const instance = this.#instances.get(name)
    if (!instance) throw new HoldfastError(`no process "${name}" was started`)
    return instance
  }

  #notReady(spec: ProcessSpec, why: string): HoldfastError {
    return new HoldfastError(`${spec.name} did not become ready: ${why}`, {
      hint: `Its last words are in ${join(this.#recordDir, logOf(spec))}.`,
      exitCode: 3,
    })
  }
}

const logOf = ({ name }: ProcessSpec): string => join(recordFiles.logs, `${name}.log`)
