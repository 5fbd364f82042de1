/** The id of a write: the scenario's iteration `n` of this run. */
export const writeId = (runId: string, scenario: string, n: number): string => `${runId}-${scenario}-${n}`

/** Scenario and number of a write id; null where it is none of this run. */
export const parseWriteId = (runId: string, id: string): { scenario: string; n: number } | null => {
  if (!id.startsWith(`${runId}-`)) return null
  const match = /^(.+)-(0|[1-9]\d{0,14})$/.exec(id.slice(runId.length + 1))
  return match?.[1] === undefined ? null : { scenario: match[1], n: Number(match[2]) }
}
