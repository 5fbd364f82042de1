import { CommanderError } from 'commander'
import { HoldfastError } from '../../model/errors.ts'
import { makeProgram } from '../../scripts/program.ts'
import { printError } from '../../scripts/terminal.ts'
import { ids } from './base.ts'
import { cpuMsSince } from './usage.ts'

/** Every command that takes a record, as it is typed; `judge` comes late, since it writes what `report` reads. */
export const commandLines = (out: string, id: string): string[][] => {
  const at = ['--out', out]
  return [
    ['list', ...at],
    ['list', '--json', ...at],
    ['report', id, ...at],
    ['compare', id, ids.good, 'previous', ...at],
    ['compare', ids.later, id, ...at, '--json'],
    ['judge', ids.later, '--baseline', id, '--baseline', 'previous', ...at],
    ['judge', id, ...at],
    ['judge', `${out}/${id}`, '--json', ...at],
    ['stop', id],
    ['stop', `${out}/${id}`],
    ['cleanup', id, ...at],
    ['cleanup', '--all', '--json', ...at],
    ['cleanup', `${out}/${id}`, ...at],
  ]
}

export interface Ran {
  args: string[]
  code: number | string | undefined
  stdout: string
  stderr: string
  /** Time on a processor: on a busy machine the clock tells of other work. */
  cpuMs: number
}

/** Runs a command line in this process, as `scripts/main.ts` does. */
export const runHere = async (args: string[]): Promise<Ran> => {
  const before = cpuMsSince()
  const said = { stdout: '', stderr: '' }
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write }
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string | Uint8Array) => {
      said[name] += String(text)
      return true
    }) as typeof process.stdout.write
  let code: Ran['code']
  try {
    await makeProgram((exitCode) => {
      code = exitCode
    }).parseAsync(['node', 'holdfast', ...args])
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode
    else code = printError(error instanceof HoldfastError || error instanceof Error ? error : String(error))
  } finally {
    for (const name of ['stdout', 'stderr'] as const) process[name].write = writes[name]
  }
  return { args, code, ...said, cpuMs: cpuMsSince(before) }
}

/** A command may take as long, and no more memory. */
export const mostMs = 10_000
export const mostBytes = 300e6

/** What is wrong with how a command ended; empty where nothing is. */
export const complaints = ({ args, code, stdout, stderr, cpuMs }: Ran): string[] => {
  const wrong: string[] = []
  if (cpuMs > mostMs) wrong.push(`took ${cpuMs.toFixed(0)} ms`)
  if (typeof code !== 'number') wrong.push(`exit code ${code}`)
  if (/defect of Holdfast|^ {4}at /m.test(stderr)) wrong.push(`a stack trace: ${stderr.slice(0, 900)}`)
  const errors = stderr.split('\n').filter((line) => line.startsWith('✕'))
  if (errors.length > 1) wrong.push(`${errors.length} errors: ${stderr.slice(0, 300)}`)
  if (stdout === '' && stderr === '') wrong.push('said nothing')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(stdout + stderr)
  if (control !== null && !args.includes('--json'))
    wrong.push(
      `a control character: ${JSON.stringify((stdout + stderr).slice(Math.max(0, control.index - 60), control.index + 20))}`,
    )
  if (/^::/m.test(stdout + stderr)) wrong.push('a line that begins with ::')
  return wrong.map((one) => `${args.join(' ')}: ${one}`)
}
