/**
 * Reads a part's settings from environment variables, once, in its `main.ts`.
 * A missing required variable or a wrong number ends the start with a message that names it.
 */
export class Settings {
  readonly env: Record<string, string | undefined>

  constructor(env: Record<string, string | undefined>) {
    this.env = env
  }

  text(name: string, fallback?: string): string {
    const value = this.env[name] ?? fallback
    if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`)
    return value
  }

  /** A number of at least `min`. */
  number(name: string, fallback?: number, min = 0): number {
    const text = this.env[name]
    if (text === undefined || text === '') {
      if (fallback === undefined) throw new Error(`environment variable ${name} is not set`)
      return fallback
    }
    const value = Number(text)
    if (!Number.isFinite(value) || value < min) {
      throw new Error(`environment variable ${name}: "${text}" is not a number of at least ${min}`)
    }
    return value
  }

  /** Comma-separated names. */
  names(name: string): Set<string> {
    return new Set(
      (this.env[name] ?? '')
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
  }
}
