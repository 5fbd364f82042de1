import type { Log } from '../lib/log.ts'
import { WorkQueue } from '../lib/work-queue.ts'
import type { BatchSenderSettings } from './settings.ts'

/** The queue of batch ids; what a batch says is in the database. */
export const openQueue = (settings: BatchSenderSettings, name: string, log: Log): WorkQueue =>
  new WorkQueue({
    url: settings.queueUrl,
    name,
    stream: 'BATCHES',
    subject: 'batches.send',
    durable: 'senders',
    ackWaitMs: settings.option('ackWaitMs'),
    maxAckPending: settings.option('maxAckPending'),
    timeoutMs: settings.option('queueTimeoutMs'),
    log,
  })
