import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { k6Arguments, k6Environment } from '../build/k6-settings.ts'
import { isSameProcess, processStat, signalProcess } from '../chaos/drivers/proc.ts'
import { lookUntil } from '../chaos/drivers/wait.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { ProcessRef } from '../model/event.ts'
import type { OutputConfig, StreamLine } from '../model/window.ts'
import type { K6Exit } from './k6-exit.ts'
import { eachLine } from './line-stream.ts'
import { marked } from './mark.ts'
import type { Ledger } from './record.ts'
import { openToOverwrite, writeRecordFile } from './record-files.ts'
import { recordFiles } from './record-names.ts'

/** k6's own state "paused before run" in `GET /v1/status`: every virtual user is initialised. */
const pausedBeforeRun = 4
const startDeadlineMs = 30_000
const stopPatienceMs = 1_000

export interface K6Options {
  k6: string
  bundleFile: string
  recordDir: string
  runId: string
  apiPort: number
  output: OutputConfig
  /** Environment of the scenarios; may hold secrets, so it is never an argument (`ps` shows those). */
  env: Record<string, string>
  /** CPUs that k6 may use (`taskset -c`), null = all. */
  cpus: string | null
  /** Takes secrets out of a line of k6's log. */
  redact: (line: string) => string
  onLine: (line: StreamLine) => void
  onWarning: (message: string) => void
}

/** One k6 process: started paused, let go at an exact moment, and ended. */
export class K6 {
  readonly ref: ProcessRef
  /** Resolves when k6 has ended and its last line was read. */
  readonly ended: Promise<K6Exit>
  #options: K6Options
  #child: ChildProcess
  #lastWords = ''

  constructor(options: K6Options, ledger: Ledger) {
    this.#options = options
    const configFile = join(options.recordDir, recordFiles.outputConfig)
    writeRecordFile(options.recordDir, recordFiles.outputConfig, JSON.stringify(options.output))
    const pin = options.cpus === null ? [] : ['taskset', '-c', options.cpus]
    const argv = [
      ...pin,
      options.k6,
      'run',
      '--paused',
      ...['--address', `127.0.0.1:${options.apiPort}`],
      ...['--out', `holdfast=${configFile}`],
      ...k6Arguments,
      // By itself k6 keeps an address for 5 min: after a failover by DNS it would go on asking the old one.
      ...['--dns', 'ttl=1s'],
      ...['--no-usage-report', '--no-thresholds', '--no-color', '--quiet', '--summary-mode=disabled'],
      options.bundleFile,
    ]
    const [file = '', ...args] = argv
    this.#child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: marked(
        {
          PATH: process.env.PATH ?? '',
          HOME: process.env.HOME ?? '',
          ...options.env,
          ...k6Environment,
        },
        options.runId,
      ),
    })
    this.#child.on('error', (error) => options.onWarning(`k6: ${error.message}`))
    const pid = this.#child.pid
    if (pid === undefined)
      throw new HoldfastError(`k6 could not be started: ${options.k6}`, { hint: 'Run `holdfast doctor`.' })
    this.ref = { instance: 'k6', pid, startTicks: processStat(pid)?.startTicks ?? 0 }
    this.ended = this.#follow(ledger)
    try {
      ledger.sync({ type: 'process.started', ...this.ref })
    } catch (error) {
      this.#child.kill('SIGKILL')
      throw error
    }
  }

  /** Waits until every virtual user is initialised. Throws with k6's own words when it ends or hangs before. */
  async ready(signal: AbortSignal): Promise<void> {
    const evidence = await lookUntil(
      async () => {
        if (!this.running()) {
          // Its last words are read when its streams have ended.
          await this.ended
          throw this.#failed('ended before the load began')
        }
        const status = await this.#status()
        return { ok: status === pausedBeforeRun, text: `status ${status}` }
      },
      { deadlineMs: startDeadlineMs, signal },
    )
    signal.throwIfAborted()
    if (!evidence.ok) throw this.#failed(`was not ready after ${startDeadlineMs / 1000} s (${evidence.text})`)
  }

  /** Lets the load begin; returns the Unix ms before and after the call that did it. */
  async go(): Promise<{ calledAtMs: number; repliedAtMs: number }> {
    const calledAtMs = Date.now()
    await this.#patch({ paused: false })
    return { calledAtMs, repliedAtMs: Date.now() }
  }

  running(): boolean {
    return isSameProcess(this.ref.pid, this.ref.startTicks)
  }

  /**
   * Ends k6 without waiting for its iterations: SIGTERM twice (k6 takes the second as "now"), then SIGKILL.
   * @param patienceMs after the first: k6 that is told twice does not write the end of its samples
   */
  async stop(patienceMs = stopPatienceMs): Promise<void> {
    const signals = [
      ['SIGTERM', patienceMs],
      ['SIGTERM', stopPatienceMs],
      ['SIGKILL', stopPatienceMs],
    ] as const
    for (const [kill, deadlineMs] of signals) {
      if (!this.running()) break
      signalProcess(this.ref.pid, kill)
      await lookUntil(() => ({ ok: !this.running(), text: '' }), { deadlineMs })
    }
    await this.ended
  }

  async #follow(ledger: Ledger): Promise<K6Exit> {
    const { onLine, onWarning, recordDir, redact } = this.#options
    const [, stdout, stderr, samples] = this.#child.stdio
    const log = createWriteStream(recordFiles.k6Log, { fd: openToOverwrite(recordDir, recordFiles.k6Log) })
    // A full disk must not end the run here: the ledger notices it and says so.
    log.on('error', () => {})
    const keep = (line: string) => {
      const clean = redact(line)
      if (clean.includes('level=error') || clean.includes('panic')) this.#lastWords ||= clean
      log.write(`${clean}\n`)
    }
    const parse = (line: string) => {
      if (line === '') return
      let parsed: StreamLine
      try {
        parsed = JSON.parse(line) as StreamLine
      } catch {
        // Only the last line can be cut, when k6 was killed in it.
        onWarning(`k6 wrote a cut line of ${line.length} characters`)
        return
      }
      onLine(parsed)
    }
    const exited = new Promise<K6Exit>((resolve) => this.#child.on('exit', (code, signal) => resolve({ code, signal })))
    const streams = [
      eachLine(stdout as Readable, keep),
      eachLine(stderr as Readable, keep),
      eachLine(samples as Readable, parse),
    ]
    const results = await Promise.allSettled(streams)
    for (const result of results) if (result.status === 'rejected') onWarning(`k6's output broke off: ${result.reason}`)
    const exit = await exited
    log.end()
    ledger.append({ type: 'process.exited', instance: 'k6', pid: this.ref.pid, ...exit, expected: true })
    return exit
  }

  /** k6's last error, for messages. */
  lastWords(): string {
    return (
      /msg="((?:[^"\\]|\\.)*)"/.exec(this.#lastWords)?.[1]?.replaceAll('\\n', ' ').replaceAll('\\"', '"') ??
      this.#lastWords
    )
  }

  #failed(what: string): HoldfastError {
    const said = this.lastWords()
    return new HoldfastError(`k6 ${what}${said === '' ? '' : `: ${said}`}`, {
      hint: `Its log is ${join(this.#options.recordDir, recordFiles.k6Log)}.`,
      exitCode: 3,
    })
  }

  async #status(): Promise<number | null> {
    try {
      const response = await fetch(this.#url(), { signal: AbortSignal.timeout(1_000) })
      const body = (await response.json()) as { data?: { attributes?: { status?: number } } }
      return body.data?.attributes?.status ?? null
    } catch {
      return null // not listening yet
    }
  }

  async #patch(attributes: Record<string, boolean>): Promise<void> {
    const body = JSON.stringify({ data: { type: 'status', id: 'default', attributes } })
    let response: Response
    try {
      response = await fetch(this.#url(), { method: 'PATCH', body, signal: AbortSignal.timeout(5_000) })
    } catch (error) {
      throw this.#failed(`did not answer the order to start the load (${messageOf(error)})`)
    }
    if (!response.ok) throw this.#failed(`refused to start the load: HTTP ${response.status}`)
  }

  #url(): string {
    return `http://127.0.0.1:${this.#options.apiPort}/v1/status`
  }
}
