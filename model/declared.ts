/** Names that the samples of a scenario have. */
export interface DeclaredNames {
  requests: string[]
  /** Of each custom metric. */
  samples: Record<string, string[]>
}

/** What an objective can name: everything else is a mistake, and refused. */
export interface Declared {
  /** Every scenario of the system, whether the run has it or not. */
  scenarios: Record<string, DeclaredNames>
  /** Files in the scenarios' folder that are none, or could not be read, by name, with the reason. */
  unreadable: Record<string, string>
  /** Of each component the series of its `/metrics`; null where the system does not list them. */
  series: Record<string, string[] | null>
}
