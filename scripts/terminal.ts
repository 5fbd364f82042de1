import { stripVTControlCharacters, styleText } from 'node:util'
import { clean, cleanLine } from '../model/clean.ts'
import { HoldfastError } from '../model/errors.ts'
import { type ExitCode, exitCodes } from '../model/exit-codes.ts'

type Style = Parameters<typeof styleText>[0]

/** Colour only where a person looks at a terminal; `NO_COLOR` and `FORCE_COLOR` are honoured. */
export const useColor = (stream: NodeJS.WriteStream): boolean =>
  process.env.FORCE_COLOR
    ? process.env.FORCE_COLOR !== '0'
    : !process.env.NO_COLOR && stream.isTTY === true && process.env.TERM !== 'dumb'

/** Text in a style where the stream takes colour. Control characters of foreign text never reach the terminal. */
export const paint = (stream: NodeJS.WriteStream, style: Style, text: string): string =>
  useColor(stream) ? styleText(style, text, { validateStream: false }) : stripVTControlCharacters(text)

/**
 * Prints an error to stderr and gives its exit code: a known one as one line and its hint, an
 * unknown one with its stack, since that is a defect of Holdfast.
 */
export const printError = (error: Error | string, hint?: string): ExitCode => {
  const known = typeof error === 'string' || error instanceof HoldfastError
  const text = typeof error === 'string' ? error : known ? error.message : (error.stack ?? error.message)
  const help = hint ?? (error instanceof HoldfastError ? error.hint : undefined)
  process.stderr.write(`${paint(process.stderr, 'red', '✕')} ${clean(text)}\n`)
  if (help !== undefined) process.stderr.write(`  ${clean(help)}\n`)
  if (!known) process.stderr.write('  This is a defect of Holdfast: please report it with the lines above.\n')
  return error instanceof HoldfastError ? error.exitCode : known ? exitCodes.badUsage : exitCodes.inconclusive
}

/** Prints a warning to stderr, so that stdout stays what a script reads. */
export const printWarning = (text: string): void => {
  process.stderr.write(`${paint(process.stderr, 'yellow', '!')} ${cleanLine(text)}\n`)
}
