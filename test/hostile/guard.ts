import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import worker from 'node:worker_threads'

/**
 * Keeps this process from starting a program, opening a connection or sending a signal, and writes down every try.
 * Must be imported before what it watches.
 */
export const tries: string[] = []

const refuse = (what: string) => {
  return (...args: unknown[]): never => {
    tries.push(
      `${what} ${String(args.map((arg) => (typeof arg === 'object' ? JSON.stringify(arg) : arg))).slice(0, 200)}`,
    )
    throw Object.assign(new Error(`${what} is not allowed here`), { code: 'EACCES' })
  }
}

for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const)
  Object.assign(childProcess, { [name]: refuse(name) })
net.Socket.prototype.connect = refuse('connect') as typeof net.Socket.prototype.connect
dgram.Socket.prototype.send = refuse('send') as typeof dgram.Socket.prototype.send
Object.assign(worker, { Worker: refuse('Worker') })
const kill = process.kill.bind(process)
process.kill = (pid, signal) => (signal === 0 ? kill(pid, 0) : refuse('kill')(pid, signal))
syncBuiltinESMExports()
