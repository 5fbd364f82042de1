import { join } from 'node:path'
import type { Link, LocalContext, LocalLayout, ProcessSpec } from '../../model/system.ts'
import { accessRule, roleStatements } from './database-role.ts'
import { frontOf, proxyOf, proxyPort } from './links.ts'
import type { DescribeParts, Part } from './parts.ts'

/** A kubelet's first back-off is 10 s; its restarts of a healthy image take about this long. */
export const restartDelayMs = 2000

/**
 * The parts of a system as processes of this machine, all on loopback; every link goes through a proxy
 * of its own. Gives what `System.local` asks for.
 */
export const localParts =
  (links: Link[], describe: DescribeParts) =>
  (context: LocalContext): LocalLayout => {
    const { workDir, port, weaknesses, options, runId } = context
    const { parts, scenarioEnv } = describe({
      runId,
      weaknesses,
      options,
      address: (from, to) => `127.0.0.1:${port(proxyPort(from, to))}`,
      direct: (instance) => `127.0.0.1:${port(instance)}`,
      dataFile: (instance, file) => join(workDir, `${instance}-${file}`),
    })
    const restart = weaknesses.includes('never-restarts') ? null : restartDelayMs
    return {
      processes: parts.map((part) => ({ ...processOf(part, context), restartDelayMs: restart })),
      proxies: links.map((link) => proxyOf(link, parts, port)),
      baseUrl: `http://127.0.0.1:${port(proxyPort('client', frontOf(links).to))}`,
      scenarioEnv,
    }
  }

const processOf = (part: Part, context: LocalContext): Omit<ProcessSpec, 'restartDelayMs'> => {
  const { name, component, program, after, env = {} } = part
  const { workDir, port, tools, asUser, weaknesses } = context
  switch (program.kind) {
    case 'postgres': {
      const dataDir = join(workDir, name)
      const settings = { unix_socket_directories: '', ...program.settings }
      return {
        name,
        component,
        command: [
          ...asUser,
          ...[tools.postgres, '-D', dataDir, '-p', String(port(name)), '-h', '127.0.0.1'],
          ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ],
        env,
        prepare: [
          [
            ...asUser,
            ...[tools.initdb, '-D', dataDir, '-U', 'postgres', '-A', 'reject'],
            ...['-E', 'UTF8', '--no-locale', '--no-sync'],
          ],
          [
            ...asUser,
            ...['sh', '-c', makeRole, 'sh', tools.postgres, dataDir],
            ...[accessRule('this machine'), ...roleStatements(context.runId)],
          ],
        ],
        readiness: { kind: 'postgres', port: port(name) },
        after,
      }
    }
    case 'nats':
      return {
        name,
        component,
        command: [tools.natsServer, '-a', '127.0.0.1', '-p', String(port(name)), '-js', '-sd', join(workDir, name)],
        env,
        prepare: [],
        readiness: { kind: 'nats', port: port(name) },
        after,
      }
    case 'node': {
      const bundle = join(workDir, `${name}.mjs`)
      const url = `http://127.0.0.1:${port(name)}`
      return {
        name,
        component,
        command: [tools.node, ...(program.flags ?? []), bundle],
        env: { PORT: String(port(name)), INSTANCE: name, WEAKNESSES: weaknesses.join(','), ...env },
        prepare: [bundleCommand(context.projectDir, program.main, bundle)],
        readiness: { kind: 'http', url: `${url}/health/ready` },
        metricsUrl: `${url}/metrics`,
        after,
      }
    }
  }
}

/** Arguments: the server, its data, who may log in, statements. A single-user server needs no port and no password. */
const makeRole = `
server=$1 data=$2
printf '%s\\n' "$3" >"$data/pg_hba.conf" || exit 1
shift 3
printf '%s\\n' "$@" | "$server" --single -D "$data" -c exit_on_error=true postgres`

/**
 * Parts run as one JavaScript file each, as in production: from its sources a part holds Node's
 * TypeScript stripper (17 MB) in memory and takes twice as long to start.
 */
export const bundleCommand = (projectDir: string, main: string, outFile: string): string[] => [
  join(projectDir, 'node_modules/.bin/esbuild'),
  join(projectDir, main),
  '--bundle',
  '--platform=node',
  '--format=esm',
  '--target=node24',
  '--log-level=warning',
  // Optional and native; pg asks for it and goes on without.
  '--external:pg-native',
  // The libraries that are CommonJS call `require` for Node's own modules.
  `--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
  `--outfile=${outFile}`,
]
