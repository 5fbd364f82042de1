import { cleanUp, readLeftovers } from './leftovers.ts'
import { dropLockOf } from './lock.ts'
import { noteCleanUp } from './note-clean-up.ts'

/**
 * `watchdog-main.ts <record folder> [lock]`: waits until Holdfast says "done" or is gone. Its standard
 * input is a pipe that only Holdfast holds: when Holdfast dies, by whatever signal, the pipe ends,
 * and the watchdog undoes what the ledger names. It is in a session of its own and deaf to the
 * signals that a terminal sends.
 */
const [recordDir = '', lockFile] = process.argv.slice(2)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

let said = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  said += text
})
process.stdin.on('end', async () => {
  if (said.includes('done')) return
  const left = await readLeftovers(recordDir)
  const result = await cleanUp(recordDir)
  noteCleanUp(recordDir, 'the watchdog cleaned up', left, result)
  // Where something is left the lock stays: by it the next run knows that it has to look.
  if (lockFile !== undefined && result.failed.length === 0) dropLockOf(recordDir, lockFile)
})
