import type { RoundRun, Standing } from '../../model/round.ts'
import { formatMs, plural } from '../../verdict/format.ts'
import { paint } from '../terminal.ts'
import type { Planned } from './choose.ts'
import { nameOf } from './explain.ts'

const marks = { good: ['green', '✓'], bad: ['red', '✕'], unclear: ['yellow', '?'] } as const satisfies Record<
  Standing,
  readonly [string, string]
>

/** Shows a round while it goes on: a line for each run, and on a terminal one that counts on. */
export const startProgress = (stream: NodeJS.WriteStream, runs: readonly Planned[]) => {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb'
  const lengthOf = (some: readonly Planned[]) => some.reduce((sum, { lengthMs }) => sum + lengthMs, 0)
  const clear = () => void (live && stream.write('\r\x1b[2K'))
  const number = (index: number) => `[${String(index + 1).padStart(String(runs.length).length)}/${runs.length}]`
  let timer: NodeJS.Timeout | undefined
  stream.write(`${plural(runs.length, 'run')}, about ${minutes(lengthOf(runs))}\n`)
  return {
    start: (index: number) => {
      const run = runs[index]
      if (run === undefined) return
      const startedAt = performance.now()
      const text = () => {
        const leftMs = Math.max(0, lengthOf(runs.slice(index)) - (performance.now() - startedAt))
        return `${paint(stream, 'cyan', '◐')} ${number(index)} ${nameOf(run)} · about ${minutes(leftMs)} left of all`
      }
      if (!live) return void stream.write(`${text()}\n`)
      timer = setInterval(() => {
        clear()
        stream.write(text().slice(0, (stream.columns ?? 120) + 20))
      }, 1000)
    },
    end: (index: number, run: RoundRun) => {
      clearInterval(timer)
      clear()
      const [color, mark] = marks[run.standing]
      stream.write(
        `${paint(stream, color, mark)} ${number(index)} ${nameOf(run)} (${formatMs(run.durationMs)}): ${run.explanation}\n`,
      )
    },
    say: (text: string) => {
      clear()
      stream.write(`${paint(stream, 'yellow', '!')} ${text}\n`)
    },
    close: () => {
      clearInterval(timer)
      clear()
    },
  }
}

const minutes = (ms: number): string => (ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`)
