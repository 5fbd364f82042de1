import { defaults, type Option } from './defaults.ts'

const meanings: Record<Option, string> = {
  rateLimitPerMinute: 'requests per minute and address',
  maxBodyBytes: 'largest body that is read',
  stuckAfterMs: 'a batch without progress for so long is queued again',
  outboundTimeoutMs: 'longest outbound call',
  outboundRetries: 'further tries of an outbound call that fails',
  outboundFirstDelayMs: 'wait before the first of them',
  outboundMaxDelayMs: 'longest wait before one of them',
  breakerFailures: 'failures in a row that open the circuit breaker',
  breakerResetMs: 'time until it lets a call through again',
  dbConnectTimeoutMs: 'longest wait for a connection to the database',
  dbQueryTimeoutMs: 'longest query',
  dbPoolSize: 'connections of one part to the database',
  queueTimeoutMs: 'longest wait for the queue',
  ackWaitMs: 'a worker that says nothing for so long loses its message to another one',
  maxAckPending: 'messages in the hands of workers at most',
  stuckScanMs: 'time between two scans for stuck batches',
  workerConcurrency: 'batches that one worker works on at a time',
  providerDelayMs: 'time the provider takes to accept one call',
  callbacksPerSecond: 'delivery webhooks that the provider sends at most',
}

/** What a game day may set (`systemOptions`), name to what it does. */
export const options: Record<string, string> = Object.fromEntries(
  Object.entries(meanings).map(([name, meaning]) => [name, `${meaning} (${defaults[name as Option]} unless set)`]),
)
