import { readdirSync, readFileSync } from 'node:fs'

/** A live process, from what the kernel says alone. */
export interface Live {
  pid: number
  startTicks: number
  /** `T` is a stopped one. */
  state: string
  environ: string[]
  argv: string[]
}

/** Every live process of which this is true, as `pid state command`. */
export const liveProcesses = (isMeant: (live: Live) => boolean): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const read = (file: string) => {
        try {
          return readFileSync(`/proc/${name}/${file}`, 'latin1')
        } catch {
          return ''
        }
      }
      const [state = '', ...fields] = read('stat')
        .replace(/^.*\) /s, '')
        .split(' ')
      if (state === 'Z' || state === '') return []
      const argv = read('cmdline').split('\0')
      const environ = read('environ').split('\0')
      return isMeant({ pid: Number(name), startTicks: Number(fields[18]), state, environ, argv })
        ? [`${name} ${state} ${argv.join(' ')}`]
        : []
    })

/** Pids of the watchdogs of a run, by its id or the folder of its record. */
export const watchdogsOf = (run: string): number[] =>
  liveProcesses(
    ({ argv }) => argv.some((word) => word.endsWith('watchdog-main.ts')) && argv.some((word) => word.includes(run)),
  ).map((line) => Number(line.split(' ')[0]))

/** Of the time between two looks no more counts: where it was longer, the test itself was kept from looking. */
const longestStepMs = 100

/** Looks until nothing is left or the time is over; gives what is left. */
export const leftAfter = async <T>(deadlineMs: number, left: () => T[]): Promise<T[]> => {
  let lookedAt = performance.now()
  for (let waitedMs = 0; left().length > 0 && waitedMs < deadlineMs; ) {
    await new Promise((next) => setTimeout(next, 25))
    const now = performance.now()
    waitedMs += Math.min(now - lookedAt, longestStepMs)
    lookedAt = now
  }
  return left()
}
