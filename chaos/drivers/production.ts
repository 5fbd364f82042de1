import { HoldfastError } from '../../model/errors.ts'

/** Words of a name: letters only, since digits, hyphens and dots end one. */
const wordsOf = (name: string): string[] => name.toLowerCase().split(/[^a-z]+/)

/** Say "not production", as a word before one that says it, or as its beginning. */
const negations = new Set(['pre', 'non', 'not'])
const negated = /^(pre|non|not)(prod|production)$/
/** Begin or end like it, and mean something else. */
const otherWords = /^(produc(t|ts|tivity|e|er|ers|ing)|prodigy|reproduction|reproductions|postproduction)$/

const namesProduction = (word: string): boolean =>
  word === 'live' || word === 'prd' || (/^prod|prod$|production/.test(word) && !otherWords.test(word))

/**
 * The first name that looks like production, or null. A word that begins or ends with `prod`, or holds `production`, does
 * (`shopprod`, `productionk8s`); `preprod`, `non-prod` and `products` do not. Too careful costs an option, too careless
 * an outage.
 */
export const looksLikeProduction = (names: Record<string, string | null | undefined>): string | null => {
  for (const [what, name] of Object.entries(names)) {
    const words = wordsOf(name ?? '')
    const found = words.some(
      (word, at) => namesProduction(word) && !negated.test(word) && !negations.has(words[at - 1] ?? ''),
    )
    if (found) return `${what} "${name}"`
  }
  return null
}

/** @throws HoldfastError when a name looks like production and that was not allowed. */
export const refuseProduction = (names: Record<string, string | null | undefined>, allowed: boolean): void => {
  const found = allowed ? null : looksLikeProduction(names)
  if (found === null) return
  throw new HoldfastError(`the ${found} looks like production`, {
    hint: 'Add --allow-production if load and faults are wanted there.',
  })
}
