import { spawn } from 'node:child_process'
import { SetupError } from './errors.js'

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/**
 * Runs a command to its end. A signal to us ends it and everything it started (it has a process group
 * of its own), and we wait for it, so that nothing goes on installing behind our back.
 * @returns exit code (null when a signal ended it) and, where stderr is a pipe, what it said.
 */
export const runChild = async (command, args, options) => {
  const child = spawn(command, args, { ...options, detached: true })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
    options.onStderr?.(text)
  })
  let stoppedBy = null
  const stop = (signal) => {
    stoppedBy ??= signal
    try {
      process.kill(-child.pid, signal)
    } catch (error) {
      if (error.code !== 'ESRCH') throw error // ESRCH: it has just ended
    }
  }
  for (const signal of Object.keys(exitCodes)) process.on(signal, stop)
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    if (stoppedBy !== null)
      throw new SetupError('set-up interrupted', 'Start it again: it goes on where it stopped.', exitCodes[stoppedBy])
    return { code, stderr }
  } finally {
    for (const signal of Object.keys(exitCodes)) process.off(signal, stop)
  }
}
