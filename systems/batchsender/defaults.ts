/**
 * The documented numbers of BatchSender and, where the documents are silent, this stand-in's own.
 * Each is an option of a game day (`systemOptions`) and reaches the processes as an environment
 * variable of the same name in capitals (`rateLimitPerMinute` is `RATE_LIMIT_PER_MINUTE`).
 */
export const documented = {
  /** Requests per minute and address. */
  rateLimitPerMinute: 100,
  maxBodyBytes: 10_000_000,
  /** A batch without progress for so long is queued again. */
  stuckAfterMs: 15 * 60_000,
  /** One outbound call, and what follows when it fails. */
  outboundTimeoutMs: 30_000,
  outboundRetries: 3,
  outboundFirstDelayMs: 1000,
  outboundMaxDelayMs: 10_000,
  breakerFailures: 5,
  breakerResetMs: 30_000,
} as const

export const own = {
  /** A request that meets a hanging database fails after at most the sum of the two. */
  dbConnectTimeoutMs: 500,
  dbQueryTimeoutMs: 1500,
  dbPoolSize: 10,
  queueTimeoutMs: 1000,
  /** A worker that says nothing for so long loses its message to another one. */
  ackWaitMs: 5000,
  maxAckPending: 100,
  stuckScanMs: 60_000,
  /** Batches that one worker works on at a time. */
  workerConcurrency: 4,
  /** Time the provider takes to accept one call of up to 500 messages. */
  providerDelayMs: 20,
  /** Delivery webhooks that the provider sends at most. */
  callbacksPerSecond: 20,
} as const

export const defaults: Record<Option, number> = { ...documented, ...own }

export type Option = keyof typeof documented | keyof typeof own
