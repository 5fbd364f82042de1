import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { runChild } from '../../bootstrap/child.js'
import { goEnv } from '../../bootstrap/go-build.js'
import { k6Arguments, k6Environment } from '../../build/k6-settings.ts'
import { resolveTools } from '../../build/toolchain.ts'
import { type OutputConfig, requestMetric, windowSchemaVersion } from '../../model/window.ts'
import { type BenchContext, type BenchPart, type Figure, median } from './part.ts'

const pairs = 6
const secondsEach = 5

/** Of saturation-load.ts: a bare `http.get`, where our share is largest, and a request as scenarios send it. */
const loads = ['plain', 'helper'] as const
type Load = (typeof loads)[number]

interface Arm {
  requestsPerSecond: number
  cpuUsPerRequest: number
}

/** k6 as fast as it can, with our output and without any, in turns: what the extension costs. */
export const saturation: BenchPart = {
  summary: 'k6 at saturation with our extension against the same binary without output',
  measure: async (context) => {
    const target = await startTarget(context)
    try {
      const prepared = await prepare(context, target.url)
      const measured: Figure[] = []
      for (const load of loads) measured.push(...figures(load, await runPairs(prepared, load, context)))
      return measured
    } finally {
      target.child.kill()
    }
  },
}

const runPairs = async (prepared: Prepared, load: Load, { say }: BenchContext) => {
  const results: { ours: Arm; none: Arm }[] = []
  for (let pair = 0; pair < pairs; pair++) {
    // Who begins changes with each pair, so that a machine that warms up favours neither.
    const first = await runArm(prepared, load, pair % 2 === 0)
    const second = await runArm(prepared, load, pair % 2 !== 0)
    const result = pair % 2 === 0 ? { ours: first, none: second } : { ours: second, none: first }
    results.push(result)
    say(`${load}, pair ${pair + 1} of ${pairs}: ${armText(result.ours)} with, ${armText(result.none)} without`)
  }
  return results
}

const armText = (arm: Arm) => `${Math.round(arm.requestsPerSecond)}/s, ${arm.cpuUsPerRequest.toFixed(1)} µs`

const figures = (load: Load, results: { ours: Arm; none: Arm }[]): Figure[] => {
  const rates = results.map(({ ours, none }) => ours.requestsPerSecond / none.requestsPerSecond)
  const cpus = results.map(({ ours, none }) => ours.cpuUsPerRequest / none.cpuUsPerRequest)
  const list = (values: number[]) => values.map((value) => value.toFixed(3)).join(' ')
  const rate = (arm: 'ours' | 'none') => median(results.map((result) => result[arm].requestsPerSecond))
  const cpu = (arm: 'ours' | 'none') => median(results.map((result) => result[arm].cpuUsPerRequest))
  return [
    {
      name: `${load}: throughput with / without output`,
      value: median(rates),
      unit: 'ratio',
      limit: { op: '>=', value: 0.95 },
      from: list(rates),
    },
    {
      name: `${load}: k6 CPU per request with / without`,
      value: median(cpus),
      unit: 'ratio',
      limit: { op: '<=', value: 1.06 },
      from: list(cpus),
    },
    { name: `${load}: requests with output`, value: rate('ours'), unit: '/s' },
    { name: `${load}: requests without output`, value: rate('none'), unit: '/s' },
    { name: `${load}: k6 CPU per request with output`, value: cpu('ours'), unit: 'µs' },
    { name: `${load}: k6 CPU per request without output`, value: cpu('none'), unit: 'µs' },
  ]
}

/** The Go server that answers at once; it ends by itself. */
const startTarget = async ({
  projectDir,
  workDir,
  say,
}: BenchContext): Promise<{ child: ChildProcess; url: string }> => {
  const binary = join(workDir, 'benchtarget')
  say('building the target')
  const { code, output } = await runChild('go', ['build', '-trimpath', '-o', binary, './cmd/benchtarget'], {
    cwd: join(projectDir, 'build/k6'),
    env: goEnv() as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (code !== 0) throw new Error(`the target of the benchmark does not build: ${output}`)
  const child = spawn(binary, ['-for', '10m'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, url }
}

interface Prepared {
  k6: string
  script: string
  config: string
  url: string
}

const prepare = async ({ projectDir, workDir }: BenchContext, url: string): Promise<Prepared> => {
  const script = join(workDir, 'saturation.js')
  await build({
    entryPoints: [join(projectDir, 'scripts/bench/saturation-load.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['k6', 'k6/*'],
  })
  const config = join(workDir, 'output.json')
  const output: OutputConfig = {
    schemaVersion: windowSchemaVersion,
    thresholdsUs: { [requestMetric]: [100_000, 500_000] },
    flushMs: 200,
    maxSeries: 1000,
  }
  writeFileSync(config, JSON.stringify(output))
  return { k6: resolveTools(projectDir).k6, script, config, url }
}

/** One run of k6. Its CPU time comes from the shell's `times`, that is from wait4; requests from the target's count. */
const runArm = async ({ k6, script, config, url }: Prepared, load: Load, ours: boolean): Promise<Arm> => {
  const before = await served(url)
  const out = ours ? ['--out', `holdfast=${config}`] : []
  const quiet = ['--quiet', '--no-usage-report', '--no-thresholds', '--summary-mode=disabled', '--address', '']
  const args = ['-c', '"$@"; code=$?; times; exit $code', 'sh', k6, 'run', ...k6Arguments, ...quiet, ...out, script]
  const child = spawn('sh', args, {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...k6Environment,
      BENCH_URL: url,
      BENCH_LOAD: load,
      BENCH_SECONDS: String(secondsEach),
    },
  })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  ;(child.stdio[3] as Readable).resume()
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`k6 ended with exit code ${code}`)
  const requests = (await served(url)) - before
  return { requestsPerSecond: requests / secondsEach, cpuUsPerRequest: (childSeconds(said) * 1e6) / requests }
}

const served = async (url: string): Promise<number> => Number(await (await fetch(`${url}/served`)).text())

/** User and system time of the shell's children: the second line of `times`, `0m1.230000s 0m0.450000s`. */
const childSeconds = (times: string): number => {
  const all = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  const [user, system] = all.slice(-2)
  if (user === undefined || system === undefined) throw new Error(`the shell's times are not readable: ${times}`)
  return user + system
}
