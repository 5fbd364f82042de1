/**
 * Text from outside (error messages, titles) without characters that harm a reader: controls
 * (terminal escapes; XML 1.0 forbids most), bidirectional overrides (text that shows as another),
 * non-characters and lone surrogates. Each becomes U+FFFD, so that something is seen to be missing.
 */
export const clean = (text: string): string => text.toWellFormed().replaceAll(harmful, '\ufffd')

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g

/** The same on one line. */
export const cleanLine = (text: string): string => clean(text).replaceAll(/\s+/g, ' ').trim()

/** At most `length` characters, with an ellipsis where some are left out. */
export const clip = (text: string, length: number): string => {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}
