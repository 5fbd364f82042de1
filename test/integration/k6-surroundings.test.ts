import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inspectLoad } from '../../build/inspect.ts'
import { resolveTools } from '../../build/toolchain.ts'
import { requestMetric, type StreamLine, windowSchemaVersion } from '../../model/window.ts'
import { K6 } from '../../run/k6.ts'
import { reservePorts } from '../../run/ports.ts'
import { Ledger } from '../../run/record.ts'

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
const linesOf = async (bundleFile: string): Promise<StreamLine[]> => {
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
      env: {},
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
    const env = { HOLDFAST_PROFILE: 'smoke', HOLDFAST_REQUESTS: '{}', HOLDFAST_SAMPLES: '{}' }
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
