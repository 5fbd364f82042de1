import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { auditBatches } from './audit.ts'

let close: (() => void) | undefined
afterEach(() => close?.())

/** A system that answers what `answer` says. */
const serve = async (answer: (url: URL) => { status: number; body: unknown }): Promise<string> => {
  const server = createServer((request, response) => {
    const { status, body } = answer(new URL(request.url ?? '', 'http://x'))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function* inPieces(...lists: string[][]) {
  yield* lists
}

const signal = new AbortController().signal

test('an answer that is no answer is an error, not a loss', async () => {
  const baseUrl = await serve(() => ({ status: 400, body: {} }))
  await expect(auditBatches({ baseUrl, scenarioEnv: {}, acknowledged: inPieces(['a']), signal })).rejects.toThrow('400')
})

test('finds exactly what is not there', async () => {
  const baseUrl = await serve((url) => ({
    status: 200,
    body: {
      batches: (url.searchParams.get('ids') ?? '')
        .split(',')
        .filter((id) => id !== 'b' && id !== 'd')
        .map((id) => ({ id })),
    },
  }))
  const acknowledged = inPieces(['a', 'b'], ['c', 'd'], [])
  expect(await auditBatches({ baseUrl, scenarioEnv: {}, acknowledged, signal })).toEqual({
    lost: ['b', 'd'],
    checked: 4,
    duplicates: null,
  })
})

test('asks the provider for duplicates where there is one', async () => {
  const baseUrl = await serve(({ pathname }) => ({
    status: 200,
    body: pathname === '/stats' ? { duplicates: 7 } : { batches: [] },
  }))
  const scenarioEnv = { BATCHSENDER_PROVIDER_URL: baseUrl }
  expect((await auditBatches({ baseUrl, scenarioEnv, acknowledged: inPieces([]), signal })).duplicates).toBe(7)
})
