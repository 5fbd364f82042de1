import { expect, test } from 'vitest'
import type { LocalContext, LocalLayout } from '../../model/system.ts'
import { localContext } from '../../test/fixtures/local-context.ts'
import { batchsender } from './index.ts'

const localLayout = (context: LocalContext): LocalLayout => {
  const layout = batchsender.local?.(context)
  if (!layout) throw new Error('BatchSender has no local environment')
  return layout
}

const context = localContext({ asUser: ['unshare', '-U'] })

test.each([
  ['an unknown option', { rateLimit: '5' }, /rateLimit: BatchSender has no such option/],
  ['a word', { rateLimitPerMinute: 'many' }, /"many" is not a number/],
  ['nothing', { rateLimitPerMinute: '' }, /is not a number/],
  ['a negative number', { ackWaitMs: '-1' }, /is not a number/],
])('%s is refused', (_what, options, message) => {
  expect(() => localLayout({ ...context, options })).toThrow(message)
})

test('parts reach each other through the proxies only', () => {
  const { processes, proxies, baseUrl } = localLayout(context)
  const listenPort = (name: string) => proxies.find((proxy) => proxy.name === name)?.listenPort
  const env = (name: string) => processes.find((process) => process.name === name)?.env ?? {}
  expect(env('api').DATABASE_URL).toContain(`:${listenPort('api-postgres')}/`)
  expect(env('api').NATS_URL).toContain(`:${listenPort('api-nats')}`)
  expect(env('worker-2').DATABASE_URL).toContain(`:${listenPort('worker-postgres')}/`)
  expect(env('worker-2').NATS_URL).toContain(`:${listenPort('worker-nats')}`)
  expect(env('worker-2').PROVIDER_URL).toContain(`:${listenPort('worker-provider')}`)
  expect(env('provider').WEBHOOK_URL).toContain(`:${listenPort('provider-api')}/`)
  expect(baseUrl).toContain(`:${listenPort('client-api')}`)
})

test('the secret belongs to the run, and only where it is needed', () => {
  const secret = (runId: string) => localLayout({ ...context, runId }).scenarioEnv.BATCHSENDER_WEBHOOK_SECRET
  expect(secret('run')).toMatch(/^[0-9a-f]{64}$/)
  expect(secret('run')).toBe(secret('run'))
  expect(secret('run')).not.toBe(secret('another'))
  for (const { name, command, env } of localLayout(context).processes) {
    expect(command.join(' ')).not.toContain(secret('run'))
    expect(Object.values(env).includes(secret('run') ?? ''), name).toBe(name === 'api' || name === 'provider')
  }
})

test('options and weaknesses reach the parts; never-restarts reaches the supervisor', () => {
  const options = { rateLimitPerMinute: '600000' }
  const { processes } = localLayout({ ...context, options, weaknesses: ['leak', 'never-restarts'] })
  expect(processes.find(({ name }) => name === 'api')?.env).toMatchObject({
    RATE_LIMIT_PER_MINUTE: '600000',
    WEAKNESSES: 'leak,never-restarts',
  })
  expect(new Set(processes.map(({ restartDelayMs }) => restartDelayMs))).toEqual(new Set([null]))
  expect(new Set(localLayout(context).processes.map(({ restartDelayMs }) => restartDelayMs))).toEqual(new Set([2000]))
})
