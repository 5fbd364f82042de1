/** Exit codes of every command; `run`, `judge` and `report` use all of them. */
export const exitCodes = {
  pass: 0,
  failed: 1,
  badUsage: 2,
  inconclusive: 3,
  guardTripped: 4,
  faultNotRemoved: 5,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
