import { postJson } from '../../lib/http-client.ts'
import { errorFields } from '../../lib/log.ts'
import { runConsumer } from '../consumer.ts'
import { makeToken } from '../token.ts'

/** A task that repeats and is completed gets its next one, through the api. Its id makes more tries harmless. */
await runConsumer('recurring', (settings, log) => {
  const url = `${settings.text('API_URL')}/tasks`
  const timeoutMs = settings.option('apiTimeoutMs')
  const forgets = settings.has('consumer-forgets')
  return {
    handle: async ({ type, task: { id, owner, title, repeats } }) => {
      if (type !== 'task.completed' || !repeats) return
      const headers = { authorization: `Bearer ${makeToken(settings.tokenSecret, owner)}` }
      const next = postJson(url, JSON.stringify({ id: `${id}-next`, title, repeats }), { timeoutMs, headers })
      if (!forgets) await next
      else next.catch((error: unknown) => log.warn('next task forgotten', errorFields(error)))
    },
    checks: {},
    close: async () => undefined,
  }
})
