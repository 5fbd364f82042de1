import { describeOptions } from '../lib/options.ts'

/** The documents give no number for any of these: they are this stand-in's own. */
const described = describeOptions({
  dbConnectTimeoutMs: [800, 'longest wait for a connection to the database'],
  dbQueryTimeoutMs: [1500, 'longest query'],
  dbPoolSize: [10, 'connections of one part to the database'],
  queueTimeoutMs: [1000, 'longest wait for the queue'],
  ackWaitMs: [3000, 'a worker that says nothing for so long loses its event to another one'],
  workerConcurrency: [8, 'events that one worker works on at a time'],
  scanMs: [20, 'time to scan a document'],
  cacheTimeoutMs: [100, 'longest wait for the cache'],
  cacheTtlMs: [2000, 'how long the cache keeps a case'],
  outboundTimeoutMs: [2000, 'longest call of a webhook'],
  outboundRetries: [3, 'further tries of a webhook that fails'],
  outboundFirstDelayMs: [200, 'wait before the first of them'],
  outboundMaxDelayMs: [2000, 'longest wait before one of them'],
  breakerFailures: [5, 'failures in a row that open the circuit breaker of webhooks'],
  breakerResetMs: [2000, 'time until it lets a call through again'],
  auditDelayMs: [1500, 'longest wait of the audit log with the weakness late-audit'],
  partnerRefusesEvery: [10, 'the partner answers 503 to the first try of one webhook in so many'],
})

export type Option = keyof typeof described.defaults
export const { defaults, options } = described
