import { clean } from '../../model/clean.ts'

/** Text that is HTML already; everything else is escaped when it enters a template. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | readonly Content[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const textOf = (content: Content): string => {
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return clean(String(content)).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** HTML from a template. Values are escaped, for text and quoted attributes alike, unless they are Markup. */
export const html = (strings: TemplateStringsArray, ...values: Content[]): Markup =>
  new Markup(strings.map((part, index) => part + (index < values.length ? textOf(values[index] ?? '') : '')).join(''))

export const nothing = new Markup('')
