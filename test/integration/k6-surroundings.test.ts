import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { inspectLoad } from '../../build/inspect.ts'
import { resolveTools } from '../../build/toolchain.ts'
import { type RecordLine, requestMetric, type StreamLine, windowSchemaVersion } from '../../model/window.ts'
import { trustAuthorities } from '../../run/authorities.ts'
import { K6 } from '../../run/k6.ts'
import { checkReachableByK6 } from '../../run/k6-preflight.ts'
import { k6Network } from '../../run/network.ts'
import { reservePorts } from '../../run/ports.ts'
import { checkReachable } from '../../run/preflight.ts'
import { Ledger, readWindows } from '../../run/record.ts'
import { type Authority, makeAuthority } from '../fixtures/authority.ts'
import { endStarted } from '../started.ts'
import { holdfastIn } from './holdfast-command.ts'

const tools = resolveTools(resolve(import.meta.dirname, '../..'))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-k6-'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** Starts k6 as a run does and returns what it wrote, to its end. */
const linesOf = async (bundleFile: string, env: Record<string, string> = {}): Promise<StreamLine[]> => {
  const lines: StreamLine[] = []
  const ledger = new Ledger(folder)
  const k6 = new K6(
    {
      k6: tools.k6,
      bundleFile,
      recordDir: folder,
      runId: 'surroundings',
      apiPort: (await reservePorts(1))('k6'),
      output: { schemaVersion: windowSchemaVersion, thresholdsUs: { [requestMetric]: [] }, flushMs: 100, maxSeries: 9 },
      env,
      cpus: null,
      redact: (line) => line,
      onLine: (line) => lines.push(line),
      onWarning: () => {},
    },
    ledger,
  )
  try {
    await k6.ready(new AbortController().signal)
    await k6.go()
    expect(await k6.ended).toEqual({ code: 0, signal: null })
  } finally {
    await k6.stop()
    ledger.close()
  }
  return lines
}

describe("k6's own configuration", () => {
  const script = `
    import { Counter } from 'k6/metrics'
    const started = new Counter('holdfast_started')
    export const options = {
      scenarios: { a: { executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedVUs: 2 } },
    }
    export default () => started.add(1)`

  it.each([{ vus: 1, iterations: 3 }, { rps: 1 }])('in the home folder changes nothing: %j', async (config) => {
    for (const place of ['.config/k6', 'config/k6']) {
      mkdirSync(join(folder, place), { recursive: true })
      write(`${place}/config.json`, JSON.stringify(config))
    }
    vi.stubEnv('HOME', folder)
    vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'))
    vi.stubEnv('K6_ITERATIONS', '2')
    vi.stubEnv('K6_VUS', '1')
    const lines = await linesOf(write('script.js', script))
    const started = lines.reduce((sum, line) => (line.type === 'load' ? sum + line.started : sum), 0)
    expect(started).toBeGreaterThanOrEqual(20)
  })

  it('in the working folder does not change what is planned', async () => {
    mkdirSync(join(folder, '.config/k6'), { recursive: true })
    write('.config/k6/config.json', JSON.stringify({ vus: 1, iterations: 3 }))
    const tags = { sli: 'GET /' }
    const declared = { HOLDFAST_REQUESTS: '{}', HOLDFAST_SAMPLES: '{}', HOLDFAST_LONGEST_MS: '1000' }
    const env = { HOLDFAST_PROFILE: 'smoke', ...declared }
    const rate = { rate: 20, timeUnit: '1s', duration: '1s', preAllocatedVUs: 2, maxVUs: 2 }
    const a = { executor: 'constant-arrival-rate', ...rate, gracefulStop: '1s', tags, env }
    const bundleFile = write(
      'bundle.js',
      `export const options = ${JSON.stringify({ scenarios: { a } })}; export default () => {}`,
    )
    const before = process.cwd()
    try {
      process.chdir(folder)
      const [load] = await inspectLoad({
        ...{ k6: tools.k6, bundleFile, runId: 'r' },
        load: [{ scenario: 'a', profile: 'smoke', rateFactor: 1 }],
      })
      expect(load?.text).toBe('20/s for 1 s')
    } finally {
      process.chdir(before)
    }
  })
})

it('an extension that this k6 lacks is named, and nobody is asked for another k6', async () => {
  let asked = 0
  const buildService = createServer((_, response) => {
    asked++
    response.end('{}')
  })
  await new Promise<void>((listening) => buildService.listen(0, '127.0.0.1', listening))
  vi.stubEnv('K6_BUILD_SERVICE_URL', `http://127.0.0.1:${(buildService.address() as AddressInfo).port}`)
  vi.stubEnv('K6_AUTO_EXTENSION_RESOLUTION', 'true')
  const bundleFile = write(
    'bundle.js',
    `import sql from 'k6/x/sql'\nimport { PodDisruptor } from 'k6/x/disruptor'\nexport default () => {}`,
  )
  try {
    await expect(inspectLoad({ k6: tools.k6, bundleFile, runId: 'r', load: [] })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the scenarios import (k6\/x\/(sql|disruptor)(, )?){2}, which this k6 does not have$/,
      ),
      hint: expect.stringContaining('build/k6/main.go'),
    })
    expect(asked).toBe(0)
  } finally {
    buildService.close()
  }
})

describe('an https address', () => {
  let authority: Authority
  const servers: Server[] = []

  /** A site with this certificate; its address. */
  const site = async (certificate: { cert: string; key: string }): Promise<string> => {
    const server = createTlsServer(certificate, (_, response) => response.end('{}'))
    servers.push(server)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  beforeAll(() => {
    authority = makeAuthority()
  })

  afterAll(async () => {
    authority.remove()
    for (const server of servers) await new Promise((closed) => server.close(closed))
  })

  it('of a private authority is refused by Holdfast and k6 alike, with the same words, until it is named', async () => {
    const url = await site(authority.issue('IP:127.0.0.1'))
    for (const check of [checkReachable(url), checkReachableByK6(tools.k6, url, {})])
      await expect(check).rejects.toThrow('certificate is not trusted: unknown authority')
    trustAuthorities(authority.file)
    await checkReachable(url)
    await checkReachableByK6(tools.k6, url, {})
  })

  it('is reached by the load as by the preflight', async () => {
    trustAuthorities(authority.file)
    const script = `
      import http from 'k6/http'
      import { Trend } from 'k6/metrics'
      const requests = new Trend('holdfast_request', true)
      export const options = { vus: 1, iterations: 3 }
      export default () => {
        const { status } = http.get(__ENV.URL)
        requests.add(1, { name: 'GET /', status: String(status), ok: String(status === 200) })
      }`
    const url = await site(authority.issue('IP:127.0.0.1'))
    const lines = await linesOf(write('script.js', script), { ...k6Network({}, join(folder, 'k6')), URL: url })
    const ok = lines.filter((line) => line.type === 'window' && line.metric === requestMetric && line.ok)
    expect(ok.reduce((sum, line) => sum + (line.type === 'window' ? line.n : 0), 0)).toBe(3)
  })

  it.each<[string, (from: Authority) => ReturnType<Authority['issue']>, string]>([
    ['another host', (from) => from.issue('DNS:other.invalid'), 'certificate is not of this host'],
    ['the past', (from) => from.issue('IP:127.0.0.1', { isExpired: true }), 'certificate has expired'],
  ])('with a certificate of %s is refused by both', async (_what, issue, words) => {
    trustAuthorities(authority.file)
    const url = await site(issue(authority))
    await expect(checkReachable(url)).rejects.toThrow(words)
    await expect(checkReachableByK6(tools.k6, url, {})).rejects.toThrow(words)
  })
})

it('k6 goes through the proxy of the environment, and past it where NO_PROXY says so', async () => {
  const seen: string[] = []
  const proxy = createServer(({ method, url }, response) => {
    seen.push(`${method} ${url}`)
    response.end('{}')
  })
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
  const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  try {
    await checkReachableByK6(tools.k6, 'http://shop.invalid/x', { HTTP_PROXY })
    expect(seen).toEqual(['GET http://shop.invalid/x'])
    await expect(
      checkReachableByK6(tools.k6, 'http://shop.invalid/x', { HTTP_PROXY, NO_PROXY: '.invalid' }),
    ).rejects.toThrow(/^k6 gets no answer from http:\/\/shop\.invalid\/x: (no such host|name not resolved)/)
    const address = proxy.address() as AddressInfo
    await checkReachableByK6(tools.k6, `http://127.0.0.1:${address.port}/own`, { HTTP_PROXY })
    expect(seen[1]).toBe('GET /own')
  } finally {
    proxy.close()
  }
})

it('a run on this machine never goes through a proxy', async () => {
  const nowhere = 'http://127.0.0.1:9'
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
  const env = { ...Object.fromEntries(names.map((name) => [name, nowhere])), NODE_USE_ENV_PROXY: '1', NO_PROXY: '' }
  const run = holdfastIn(folder, env, 'run', 'batchsender/smoke')
  try {
    await run.exit
    const [record = ''] = readdirSync(join(folder, 'out'))
    const lines: RecordLine[] = []
    for await (const line of readWindows(join(folder, 'out', record))) lines.push(line)
    // Through the proxy that is not there every one of them would be refused.
    expect(lines.some((line) => line.type === 'window' && line.ok)).toBe(true)
    expect(lines.filter((line) => line.type === 'error' && /proxy|refused/.test(line.error))).toEqual([])
    expect(run.said()).toContain('100 % of the offered load delivered')
  } finally {
    await endStarted()
  }
})
