import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { cleanUp, readLeftovers } from './leftovers.ts'
import { recordFiles } from './record.ts'

/**
 * `watchdog-main.ts <record folder>`: waits until Holdfast says "done" or is gone. Its standard
 * input is a pipe that only Holdfast holds: when Holdfast dies, by whatever signal, the pipe ends,
 * and the watchdog undoes what the ledger names. It is in a session of its own and deaf to the
 * signals that a terminal sends.
 */
const recordDir = process.argv[2] ?? ''
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

let said = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  said += text
})
process.stdin.on('end', async () => {
  if (said.includes('done')) return
  const { ended } = await readLeftovers(recordDir)
  const { done, failed } = await cleanUp(recordDir)
  // Killed after the last word: there is nothing to add to it.
  if (ended && done.length === 0 && failed.length === 0) return
  const atMs = Date.now()
  const lines = [
    {
      atMs,
      type: 'warning',
      message: `Holdfast was killed; the watchdog cleaned up: ${done.join('; ') || 'nothing was left'}`,
    },
    ...failed.map((message) => ({ atMs, type: 'error', message })),
    { atMs, type: 'run.ended', reason: 'crashed' },
  ]
  const file = join(recordDir, recordFiles.events)
  // Holdfast may have been killed in the middle of its last line.
  truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1)
  appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
})
