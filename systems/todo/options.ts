import { describeOptions } from '../lib/options.ts'

const described = describeOptions({
  authLimitPerMinute: [5, 'sign-ins per minute and account (documented)'],
  dbConnectTimeoutMs: [1500, 'longest wait for a connection to the database'],
  dbQueryTimeoutMs: [1500, 'longest query'],
  dbPoolSize: [10, 'connections of one part to the database'],
  brokerTimeoutMs: [1000, 'longest wait for the broker'],
  ackWaitMs: [5000, 'a consumer that says nothing for so long loses its event to another one'],
  apiTimeoutMs: [2000, "longest call of the consumer's to the api"],
  pingEveryMs: [2000, 'a WebSocket client that does not answer a ping until the next is cut off'],
  replayMs: [600_000, 'age of the events that a WebSocket client can still get when it reconnects'],
})

export type Option = keyof typeof described.defaults
export const { defaults, options } = described
