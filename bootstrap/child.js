import { spawn } from 'node:child_process'
import { SetupError } from './errors.js'

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
const killAfterMs = 10_000

/**
 * Runs a command to its end. A signal to us goes to it and to everything it started (it has a process
 * group of its own), and we wait for it, so that nothing goes on behind our back.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { onOutput?: (text: string) => void }} options
 * @returns {Promise<{ code: number | null, output: string }>} exit code (null: ended by a signal), and what it
 * wrote to those of stdout and stderr that are pipes
 */
export const runChild = async (command, args, { onOutput, ...options }) => {
  const child = spawn(command, args, { ...options, detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
      onOutput?.(text)
    })
  }
  let stoppedBy = null
  let killer
  const stop = (signal) => {
    stoppedBy ??= signal
    signalGroup(child.pid, signal)
    killer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killAfterMs)
  }
  for (const signal of Object.keys(exitCodes)) process.on(signal, stop)
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    if (stoppedBy !== null) {
      signalGroup(child.pid, 'SIGKILL') // what it had only just started has not heard the signal
      throw new SetupError('interrupted', '', exitCodes[stoppedBy])
    }
    return { code, output }
  } finally {
    clearTimeout(killer)
    for (const signal of Object.keys(exitCodes)) process.off(signal, stop)
  }
}

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // ESRCH: it has just ended
  }
}
