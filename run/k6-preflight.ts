import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { k6Arguments, k6Environment } from '../build/k6-settings.ts'
import { HoldfastError } from '../model/errors.ts'
import { failureName } from '../model/k6-errors.ts'
import { k6Network } from './network.ts'

const answerDeadlineMs = 5_000
const k6DeadlineMs = 30_000

const script = `import http from 'k6/http'
export const options = { vus: 1, iterations: 1 }
export default () => {
  const params = { redirects: 0, timeout: ${answerDeadlineMs}, responseType: 'none' }
  const { status, error_code, error } = http.get(__ENV.HOLDFAST_BASE_URL, params)
  console.log(JSON.stringify({ status, code: error_code, error }))
}
`

/**
 * Asks the address of a deployment once with k6 itself, which has a resolver, a TLS and rules for proxies of its own. What
 * it cannot reach would look like a system that fails every request.
 * @throws HoldfastError that says why there is no answer.
 */
export const checkReachableByK6 = async (
  k6: string,
  baseUrl: string,
  env: Record<string, string | undefined>,
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-preflight-'))
  try {
    const file = join(folder, 'script.js')
    writeFileSync(file, script)
    const output = await runK6(k6, file, { ...k6Network(env, folder), ...k6Environment, HOLDFAST_BASE_URL: baseUrl })
    const said = /^\{"status":.*\}$/m.exec(output)?.[0]
    if (said === undefined) throw new HoldfastError(`k6 could not ask ${baseUrl}: ${output.trim().split('\n').at(-1)}`)
    const { status, code, error } = JSON.parse(said) as { status: number; code: number; error: string }
    if (status !== 0) return
    throw new HoldfastError(`k6 gets no answer from ${baseUrl}: ${failureName(code, error)}`, {
      hint:
        code === 1310
          ? 'Name the authority of its certificate with --ca-file.'
          : `Others may reach it: k6 resolves names, checks certificates and chooses proxies by the rules of Go (${error.slice(0, 200)}).`,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Everything it printed; it may end as it likes. */
const runK6 = (k6: string, file: string, env: Record<string, string>): Promise<string> =>
  new Promise((resolve) => {
    const quiet = ['--quiet', '--no-color', '--log-format', 'raw', '--summary-mode=disabled']
    const options = { env, timeout: k6DeadlineMs, killSignal: 'SIGKILL' } as const
    execFile(k6, ['run', ...k6Arguments, ...quiet, file], options, (error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}\n${error?.killed ? `it did not end in ${k6DeadlineMs / 1000} s` : ''}`.trim()),
    )
  })
