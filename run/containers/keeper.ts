import { join } from 'node:path'
import type { ContainerControl } from '../../chaos/drivers/driver.ts'
import { readyEvidence } from '../../chaos/drivers/ready.ts'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import type { ContainerSpec } from '../../model/system.ts'
import type { Ledger } from '../record.ts'
import { openToAppend } from '../record-files.ts'
import { recordFiles } from '../record-names.ts'
import { startInOrder } from '../start-order.ts'
import { controlOf, type Place } from './control.ts'
import type { Engine } from './engine.ts'
import { type EngineEvent, watchContainers } from './events.ts'
import { followLog } from './log.ts'
import type { RunNetwork } from './network.ts'
import { startPart } from './part-container.ts'

/** The first start of a database makes its files; a busy machine takes its time. */
const readyDeadlineMs = 60_000

interface Instance {
  spec: ContainerSpec
  place: Place
  id: string | null
  running: boolean
  held: boolean
  restart: NodeJS.Timeout | null
}

export interface KeeperOptions {
  engine: Engine
  runId: string
  /** Value of the run's label. */
  mark: string
  recordDir: string
  network: RunNetwork
  images: Record<ContainerSpec['image'], string>
  ledger: Ledger
}

/**
 * Starts the containers of a run and starts one that has ended again after its delay, as the supervisor does with
 * processes. Not by the engine's restart policy: that leaves a container down that was killed through the engine,
 * starts a crashed one again at once, and would go on when the run is over.
 */
export class ContainerKeeper {
  #options: KeeperOptions
  #instances = new Map<string, Instance>()
  #ending = new AbortController()
  #starting: Promise<void>[] = []
  #endWatch = () => {}
  /** Called when something ends that nobody will start again: our proxies, or the engine's own news. */
  onUnexpectedEnd: (name: string) => void = () => {}

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** Listens to the engine; before anything is started. */
  async watch(): Promise<void> {
    const { engine, mark } = this.#options
    this.#endWatch = await watchContainers(
      engine,
      mark,
      (event) => this.#heard(event),
      () => this.onUnexpectedEnd('the Docker engine'),
    )
  }

  /** Starts all in the order of their `after`, in parallel where that allows, and waits until each is ready. */
  async startAll(specs: ContainerSpec[], signal: AbortSignal): Promise<void> {
    const starting = startInOrder(specs, (spec) => this.#startFirst(spec, signal))
    this.#starting.push(...starting)
    await Promise.all(starting)
  }

  /** Address of an instance on the network; fixed from the first time it is asked for. */
  address(name: string): string {
    return this.#placeOf(name).address
  }

  runs(name: string): boolean {
    return this.#instances.get(name)?.running ?? false
  }

  spec(name: string): ContainerSpec {
    return this.#get(name).spec
  }

  control(name: string): ContainerControl {
    const { id, place } = this.#get(name)
    if (id === null) throw new HoldfastError(`${name} has no container yet`)
    return controlOf(this.#options.engine.docker, id, this.#nameOf(name), place)
  }

  /** Keeps an instance down after it ends. */
  hold(name: string): void {
    const instance = this.#get(name)
    instance.held = true
    if (instance.restart) clearTimeout(instance.restart)
    instance.restart = null
  }

  /** Starts a held instance again; returns when the engine has done it. */
  async release(name: string): Promise<void> {
    const instance = this.#get(name)
    if (!instance.held) return
    instance.held = false
    if (!instance.running && !this.#stopping) await this.#restart(instance)
  }

  /** Nothing is started any more when this returns. What is there is removed by its label. */
  async stop(): Promise<void> {
    this.#ending.abort()
    for (const { restart } of this.#instances.values()) if (restart) clearTimeout(restart)
    await Promise.allSettled(this.#starting)
  }

  /** After the containers are gone, so that their ends are still heard. */
  endWatch(): void {
    this.#endWatch()
  }

  get #stopping(): boolean {
    return this.#ending.signal.aborted
  }

  async #startFirst(spec: ContainerSpec, stop: AbortSignal): Promise<void> {
    const { mark, images } = this.#options
    const signal = AbortSignal.any([stop, this.#ending.signal])
    signal.throwIfAborted()
    const instance: Instance = {
      spec,
      place: this.#placeOf(spec.name),
      id: null,
      running: false,
      held: false,
      restart: null,
    }
    this.#instances.set(spec.name, instance)
    try {
      await startPart({
        spec,
        image: images[spec.image],
        name: this.#nameOf(spec.name),
        mark,
        place: instance.place,
        readyDeadlineMs,
        signal,
        onCreated: (id) => {
          instance.id = id
        },
      })
    } catch (cause) {
      signal.throwIfAborted()
      throw new HoldfastError(`${spec.name} did not become ready: ${messageOf(cause)}`, {
        hint: `Its last words are in ${join(this.#options.recordDir, logOf(spec.name))}.`,
        exitCode: 3,
        cause,
      })
    }
    this.#ready(instance)
  }

  async #restart(instance: Instance): Promise<void> {
    const { engine, ledger } = this.#options
    const { spec, id } = instance
    if (id === null) return
    try {
      await engine.docker.getContainer(id).start()
    } catch (error) {
      if (!this.#stopping) ledger.append({ type: 'error', message: `${spec.name}: ${messageOf(error)}` })
      return
    }
    const look = () => (this.#stopping ? { ok: true, text: '' } : readyEvidence(spec.readiness, spec.name))
    void lookUntil(look, { deadlineMs: readyDeadlineMs }).then(({ ok }) => {
      if (ok && !this.#stopping) this.#ready(instance)
    })
  }

  #ready({ spec, id }: Instance): void {
    this.#options.ledger.append({ type: 'container.ready', instance: spec.name, id: id ?? '' })
  }

  #heard({ action, instance: name, id, atMs, exitCode }: EngineEvent): void {
    const { ledger, engine } = this.#options
    const instance = this.#instances.get(name)
    if (!instance) return
    instance.running = action === 'start'
    if (action === 'start') {
      ledger.append({ type: 'container.started', instance: name, id, engineAtMs: atMs })
      const lost = (error: unknown) =>
        ledger.append({ type: 'warning', message: `the log of ${name} is not followed: ${messageOf(error)}` })
      followLog(engine, id, () => this.#openLog(name), atMs, lost).catch(lost)
      return
    }
    const expected = this.#stopping || instance.held
    ledger.append({ type: 'container.exited', instance: name, id, exitCode, expected, engineAtMs: atMs })
    if (expected) return
    const { restartDelayMs, component } = instance.spec
    if (restartDelayMs === null) {
      // A part of the system that stays down is the system's own affair; our proxies are not.
      if (component === 'toxiproxy') this.onUnexpectedEnd(name)
      return
    }
    instance.restart = setTimeout(() => {
      instance.restart = null
      if (!this.#stopping && !instance.held) void this.#restart(instance)
    }, restartDelayMs)
  }

  #places = new Map<string, Place>()
  #placeOf(name: string): Place {
    const { network } = this.#options
    const known = this.#places.get(name)
    const place = known ?? { network: network.name, alias: name, address: network.address(this.#places.size) }
    this.#places.set(name, place)
    return place
  }

  #nameOf(instance: string): string {
    return `holdfast-${this.#options.runId}-${instance}`
  }

  #openLog(instance: string): number {
    return openToAppend(this.#options.recordDir, logOf(instance))
  }

  #get(name: string): Instance {
    const instance = this.#instances.get(name)
    if (!instance) throw new HoldfastError(`no container "${name}" was started`)
    return instance
  }
}

const logOf = (instance: string): string => join(recordFiles.logs, `${instance}.log`)
