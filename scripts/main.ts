import { CommanderError } from 'commander'
import { messageOf } from '../model/errors.ts'
import { type ExitCode, exitCodes } from '../model/exit-codes.ts'
import { useForwardProxies } from '../run/network.ts'
import { makeProgram } from './program.ts'
import { printError } from './terminal.ts'

const exit = { code: exitCodes.pass as ExitCode }
const program = makeProgram((code) => {
  exit.code = code
})

// A closed pipe (`holdfast list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  useForwardProxies(process.env)
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    exit.code = error.exitCode === 0 ? exitCodes.pass : exitCodes.badUsage
  } else {
    exit.code = printErrorAndCode(error)
  }
}
process.exitCode = exit.code

function printErrorAndCode(error: unknown): ExitCode {
  return printError(error instanceof Error ? error : messageOf(error))
}
