import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { HoldfastError } from '../model/errors.ts'
import { k6Arguments, k6Environment, missingExtensions } from './k6-settings.ts'

export interface Inspected {
  /** Path of the k6 binary. */
  k6: string
  bundleFile: string
  /** k6 has this long to read the script; a script can make it spin for ever. */
  deadlineMs?: number
}

/**
 * What `k6 inspect` prints of a bundle.
 * @throws HoldfastError when k6 refuses it, or says nothing in time.
 */
export const k6Inspect = (
  { k6, bundleFile, deadlineMs = 20_000 }: Inspected,
  env: Record<string, string>,
): Promise<string> => {
  const args = ['inspect', '--execution-requirements', ...Object.entries(env).flatMap(([k, v]) => ['-e', `${k}=${v}`])]
  return new Promise((resolve, reject) => {
    execFile(
      k6,
      [...args, ...k6Arguments, bundleFile],
      { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: 10_000_000, env: k6Environment },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const said = lastError(stderr)
        const missing = missingExtensions(said ?? '')
        if (missing.length > 0) return reject(extensionError(missing, error))
        const refused = said === undefined ? null : refusalOf(said)
        if (refused) return reject(new HoldfastError(refused.message, { cause: error, hint: refused.hint }))
        const text =
          error.code === 'ENOENT'
            ? `k6 is missing: ${k6} is not there`
            : error.killed
              ? `k6 did not read ${bundleFile} within ${deadlineMs / 1000} s`
              : `k6 refuses the scenarios: ${said?.split('\n')[0] ?? error.message}`
        reject(new HoldfastError(text, { cause: error, hint: 'Try `holdfast doctor`.' }))
      },
    )
  })
}

const extensionError = (names: string[], cause: unknown): HoldfastError =>
  new HoldfastError(`the scenarios import ${names.join(', ')}, which this k6 does not have`, {
    hint: 'Extensions are compiled in: require it in build/k6/go.mod, import it in build/k6/main.go, run `node bootstrap.js`.',
    cause,
  })

/** The message of k6's last error line, with its stack. */
const lastError = (stderr: string): string | undefined => {
  const quoted = [...stderr.matchAll(/level=error msg=("(?:[^"\\]|\\.)*")/g)].at(-1)?.[1]
  return quoted === undefined ? undefined : String(JSON.parse(quoted))
}

interface Refusal {
  message: string
  hint: string
}

/** What is wrong with a scenario, as far as k6's error shows which file it is. */
const refusalOf = (said: string): Refusal | null => {
  const own = refusalIn(said)
  if (own) return own
  const place = /\bscenarios\/(?!lib\/)[^\s()]+?\.ts:\d+:\d+/.exec(said)?.[0]
  if (place === undefined) return null
  const [, path] = /^GoError: (?:stat|open) (.*): no such file or directory/.exec(said) ?? []
  if (path === undefined) return { message: `${place}: ${said.split('\n')[0]}`, hint: 'Fix the scenario.' }
  const name = basename(path)
  return {
    message: `${place}: open() finds no ${name}: its paths do not count from the scenario's file`,
    hint: `Import the file instead, which is part of the bundle then: import data from './${name}'.`,
  }
}

/** A refusal that scenarios/lib/module.ts threw. */
export const refusalIn = (text: string): Refusal | null => {
  const json = /holdfast:(\{.*\})/.exec(text)?.[1]
  return json === undefined ? null : (JSON.parse(json) as Refusal)
}
