import { describeOptions } from '../lib/options.ts'

/** The documents give no number for any of these: they are this stand-in's own. */
const described = describeOptions({
  dbConnectTimeoutMs: [800, 'longest wait for a connection to the database'],
  dbQueryTimeoutMs: [1500, 'longest query'],
  dbPoolSize: [10, 'connections of one part to the database'],
  memoryLimitMegabytes: [256, 'memory that a part may use, as its pod would have it'],
  cacheTimeoutMs: [100, 'longest wait for the cache'],
  cacheTtlMs: [1000, 'how long the cache keeps a VM'],
  workerConcurrency: [16, 'operations that one worker works on at a time'],
  leaseMs: [4000, 'an operation whose worker says nothing for so long goes to another one'],
  hostTimeoutMs: [1200, 'longest call of a host'],
  retryMs: [500, 'wait until an operation is tried again that met a host which is away'],
  breakerFailures: [3, "failures in a row that open a zone's circuit breaker"],
  breakerResetMs: [1000, 'time until it lets a call through again'],
  hostDelayMs: [40, 'time that a host takes for a step'],
})

export type Option = keyof typeof described.defaults
export const { defaults, options } = described
