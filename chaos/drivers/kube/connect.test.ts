import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Authority, makeAuthority } from '../../../test/fixtures/authority.ts'
import { type ForwardProxy, startForwardProxy } from '../../../test/fixtures/forward-proxy.ts'
import { connect } from './connect.ts'

let folder = ''
let authority: Authority
let server: Server
let proxy: ForwardProxy

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-connect-'))
  authority = makeAuthority()
})

beforeEach(async () => {
  server = createServer(authority.issue('DNS:api.invalid'), (_, response) => response.end('{"major":"1"}'))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  proxy = await startForwardProxy((server.address() as AddressInfo).port)
})

afterEach(async () => {
  await proxy.close()
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

afterAll(() => {
  authority.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks the API server of a kubeconfig for its version. */
const versionBy = async (env: Record<string, string>, cluster: object = {}): Promise<unknown> => {
  const kubeconfig = join(folder, 'config.json')
  const named = (name: string, kind: string, value: object) => ({ [`${kind}s`]: [{ name, [kind]: value }] })
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config' },
      ...named('c', 'cluster', {
        server: 'https://api.invalid:6443',
        'certificate-authority': authority.file,
        ...cluster,
      }),
      ...named('u', 'user', { token: 't' }),
      ...named('x', 'context', { cluster: 'c', user: 'u' }),
    }),
  )
  const { api } = await connect({ context: 'x', namespace: 'shop', kubeconfig }, env)
  return await api.get('/version')
}

it('an API server is reached through the proxy of the environment, as kubectl does', async () => {
  expect(await versionBy({ HTTPS_PROXY: proxy.url })).toEqual({ major: '1' })
  expect(await versionBy({ https_proxy: proxy.url })).toEqual({ major: '1' })
  expect(proxy.seen).toEqual(['CONNECT api.invalid:6443', 'CONNECT api.invalid:6443'])
})

it('the proxy of the kubeconfig comes first, and NO_PROXY leaves it out', async () => {
  const elsewhere = { HTTPS_PROXY: 'http://127.0.0.1:9' }
  expect(await versionBy(elsewhere, { 'proxy-url': proxy.url })).toEqual({ major: '1' })
  await expect(versionBy({ HTTPS_PROXY: proxy.url, NO_PROXY: '.invalid' })).rejects.toThrow('ENOTFOUND')
  expect(proxy.seen).toEqual(['CONNECT api.invalid:6443'])
})
