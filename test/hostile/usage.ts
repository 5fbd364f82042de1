import { readFileSync, writeFileSync } from 'node:fs'

/** Lets the peak of this process's memory begin anew (Linux), and gives the bytes that it begins with. */
export const forgetPeak = (): number => {
  globalThis.gc?.()
  writeFileSync('/proc/self/clear_refs', '5')
  return peakBytes()
}

/** The most memory that this process has had, in bytes. */
export const peakBytes = (): number =>
  1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN)

/** Time that this process has had on a processor, in milliseconds: on a busy machine the clock tells of other work. */
export const cpuMsSince = (before = 0): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 - before
}
