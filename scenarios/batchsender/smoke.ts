import * as api from '../lib/batchsender.ts'
import { defineScenario, isEvery } from '../lib/define.ts'

/** Every kind of request at a low rate: is it there, and does it behave? */
export default defineScenario({
  description: 'Every endpoint and every refusal, at a low rate',
  sli: 'POST /batches',
  requests: {
    'POST /batches': 1,
    'GET /batches/:id': 1.1,
    'GET /batches?ids=': 0.5,
    'POST /webhooks/:provider': 4,
    'POST /webhooks/:provider unsigned': 0.5,
    'POST /webhooks/:provider bad signature': 0.5,
    'POST /batches too large': 0.01,
    'POST /batches wrong type': 0.1,
  },
  samples: { batch_completion: { batch: 0.1 } },
  longestIterationMs: 2 * api.batchTimeoutMs,
  profiles: {
    smoke: { description: '10 iterations/s', seconds: 15, arrivals: { perSecond: 10 } },
    short: { description: '10 iterations/s', seconds: 60, arrivals: { perSecond: 10 } },
    full: { description: '20 iterations/s for 5 minutes', seconds: 300, arrivals: { perSecond: 20 } },
  },
  run: (iteration) => {
    const { n, writeId } = iteration
    const sinceMs = Date.now()
    const accepted = api.postBatch(iteration, 1 + (n % 5))
    if (accepted) {
      api.getBatch(iteration, writeId)
      if (isEvery(n, 2, 0)) api.listBatches(iteration, [writeId])
    }
    for (let i = 0; i < 4; i++) api.postWebhook(iteration, `${writeId}-${i}`, 'right')
    api.postWebhook(iteration, `${writeId}-forged`, isEvery(n, 2, 0) ? 'missing' : 'wrong')
    if (isEvery(n, 10, 5)) api.postWrongType(iteration)
    if (isEvery(n, 100, 50)) api.postTooLarge(iteration)
    if (accepted && isEvery(n, 10, 3)) api.followSmallBatch(iteration, sinceMs)
  },
})
