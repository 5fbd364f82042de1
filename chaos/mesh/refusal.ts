/** A spec of any kind, not yet known to be right. */
export type AnySpec = Record<string, unknown>

/** One thing that is wrong with a spec. */
export interface Refusal {
  /** Below `spec`: `target.mode`. */
  path: string
  message: string
  hint: string
  /** Chaos Mesh's admission (its schema or its webhooks) refuses it too; `holdfast`: it would be taken. */
  by: 'admission' | 'holdfast'
}

export const admission = (path: string, message: string, hint: string): Refusal => ({
  path,
  message,
  hint,
  by: 'admission',
})
export const ours = (path: string, message: string, hint: string): Refusal => ({ path, message, hint, by: 'holdfast' })

/** What is no object has no fields. */
export const record = (value: unknown): AnySpec =>
  typeof value === 'object' && value !== null ? (value as AnySpec) : {}
export const isThere = (value: unknown): boolean => value !== undefined && value !== null
