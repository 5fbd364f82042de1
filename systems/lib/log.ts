/** One line of JSON per call, to stdout: `{"at": ISO time, "level", "part", "message", ...fields}`. */
export interface Log {
  info: (message: string, fields?: Record<string, unknown>) => void
  warn: (message: string, fields?: Record<string, unknown>) => void
  error: (message: string, fields?: Record<string, unknown>) => void
}

export const makeLog = (part: string, write = (line: string): unknown => process.stdout.write(line)): Log => {
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      write(`${JSON.stringify({ at: new Date().toISOString(), level, part, message, ...fields })}\n`)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

/** What a log line says of an error: its message, its stack for defects, and what caused it. */
export const errorFields = (error: unknown, withStack = false): Record<string, unknown> => {
  if (!(error instanceof Error)) return { error: String(error) }
  const cause = error.cause instanceof Error ? error.cause.message : error.cause
  return {
    error: error.message,
    ...(cause === undefined ? {} : { cause }),
    ...(withStack ? { stack: error.stack } : {}),
  }
}
