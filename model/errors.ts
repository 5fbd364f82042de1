import { clean } from './clean.ts'
import type { ExitCode } from './exit-codes.ts'
import { exitCodes } from './exit-codes.ts'

/** What a `HoldfastError` carries beside its message. */
export interface HoldfastErrorOptions {
  /** What the user can do about it, as one sentence. */
  hint?: string
  /** Exit code of the command that ends with this error; bad usage (2) unless told. */
  exitCode?: ExitCode
  cause?: unknown
}

/**
 * A known error: printed as one line that says what is wrong and what to do.
 * Every other error is a defect of Holdfast and keeps its stack.
 */
export class HoldfastError extends Error {
  readonly hint: string | undefined
  readonly exitCode: ExitCode

  constructor(message: string, options: HoldfastErrorOptions = {}) {
    // What users and systems wrote is in it: it must neither break the line nor reach a terminal as a command.
    super(oneLine(message), options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'HoldfastError'
    this.hint = options.hint === undefined ? undefined : oneLine(options.hint)
    this.exitCode = options.exitCode ?? exitCodes.badUsage
  }
}

const oneLine = (text: string): string => clean(text).replaceAll(/\s*\n\s*/g, ' ')

/** The message of anything that was thrown, without its stack. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
