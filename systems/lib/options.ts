import { HoldfastError } from '../../model/errors.ts'

/** `rateLimitPerMinute` to `RATE_LIMIT_PER_MINUTE`. */
export const envName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** What an option is unless set, and what it does. */
export type OptionTable<Option extends string> = Record<Option, readonly [value: number, meaning: string]>

/** The table as the parts need it (`defaults`) and as `System.options` says it. */
export const describeOptions = <Option extends string>(
  table: OptionTable<Option>,
): { defaults: Record<Option, number>; options: Record<string, string> } => {
  const entries = Object.entries(table) as [Option, OptionTable<Option>[Option]][]
  return {
    defaults: Object.fromEntries(entries.map(([name, [value]]) => [name, value])) as Record<Option, number>,
    options: Object.fromEntries(entries.map(([name, [value, meaning]]) => [name, `${meaning} (${value} unless set)`])),
  }
}

/**
 * Options of a game day as the environment variables of the parts; every one is a number of at least 0.
 * @throws HoldfastError for an option that does not exist or is not a number.
 */
export const optionEnv = (
  title: string,
  defaults: Record<string, number>,
  options: Record<string, string>,
): Record<string, string> => {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new HoldfastError(`systemOptions.${name}: ${title} has no such option`, {
        hint: `Options: ${Object.keys(defaults).join(', ')}.`,
      })
    }
    if (value.trim() === '' || !(Number(value) >= 0)) {
      throw new HoldfastError(`systemOptions.${name}: "${value}" is not a number`, {
        hint: `Write a number of at least 0; the default is ${defaults[name]}.`,
      })
    }
    env[envName(name)] = value
  }
  return env
}
