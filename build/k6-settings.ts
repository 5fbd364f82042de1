import { fileURLToPath } from 'node:url'

/**
 * Arguments of every k6 that is started: an empty configuration file. Otherwise k6 reads
 * `~/.config/k6/config.json`, where `vus`, `iterations` or `rps` replace the load that was planned.
 */
export const k6Arguments = ['--config', fileURLToPath(new URL('k6-config.json', import.meta.url))]

/**
 * Environment of every k6 that is started. A script that imports an extension which is not compiled in
 * must not make k6 fetch another k6 from a build service: that one would lack our output.
 */
export const k6Environment = { K6_AUTO_EXTENSION_RESOLUTION: 'false', K6_NO_USAGE_REPORT: 'true' }

/** Extensions that a script imports and this k6 does not have, by k6's own error; none for other errors. */
export const missingExtensions = (k6Error: string): string[] => {
  const list = /unknown modules \[(.*?)\] were tried to be loaded/.exec(k6Error)?.[1] ?? ''
  return [...list.matchAll(/"([^"]+)"/g)].flatMap(([, name]) => (name === undefined ? [] : [name]))
}
