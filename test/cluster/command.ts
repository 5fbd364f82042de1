import { spawn } from 'node:child_process'
import { basename } from 'node:path'

/** Runs a command to its end. @returns its stdout. @throws Error with its stderr when it fails */
export const runCommand = ([path = '', ...args]: string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(said.stdout)
      else reject(new Error(`${basename(path)} ${args.join(' ')} ended with ${code}: ${said.stderr.trim()}`))
    })
    child.stdin.on('error', () => {}) // it ended before it read all: its exit code tells
    child.stdin.end(input)
  })
