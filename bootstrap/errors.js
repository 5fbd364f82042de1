/** A known failure of the set-up: printed as what is wrong and what to do, without a stack. */
export class SetupError extends Error {
  constructor(message, hint = '', exitCode = 2) {
    super(message)
    this.hint = hint
    this.exitCode = exitCode
  }
}

/** Progress goes to stderr: stdout belongs to the command that follows. */
export const say = (text) => process.stderr.write(`${text}\n`)
