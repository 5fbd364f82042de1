import { describeOptions } from '../lib/options.ts'

/** The documents give no number for any of these: they are this stand-in's own. */
const described = describeOptions({
  dbConnectTimeoutMs: [1500, 'longest wait for a connection to the database'],
  dbQueryTimeoutMs: [1500, 'longest query'],
  dbPoolSize: [10, 'connections of one part to the database'],
  brokerTimeoutMs: [1000, 'longest wait for the broker'],
  ackWaitMs: [3000, 'a processor that says nothing for so long loses its batch to another one'],
  processorConcurrency: [4, 'batches that the processor works on at a time'],
  cacheTimeoutMs: [100, 'longest wait for the cache'],
  cacheTtlMs: [2000, 'how long the cache keeps the figures of a player'],
})

export type Option = keyof typeof described.defaults
export const { defaults, options } = described
